// A slow machine gets more time than the tools' own second: what never comes still fails.
import { configure } from "@testing-library/react";

configure({ asyncUtilTimeout: 10_000 });
