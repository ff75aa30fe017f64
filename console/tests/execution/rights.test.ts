import { describe, expect, test } from "vitest";

import { rightsOf } from "../../src/execution/rights.ts";

const ADA = { id: "ada", is_admin: false };
const ROOT = { id: "root", is_admin: true };
const OWN = { owner_id: "ada", team_id: null };
const TEAMS = { owner_id: "ada", team_id: "team" };
const ALL = { act: true, start: true, publish: true };
const NONE = { act: false, start: false, publish: false };

describe("who looks at an execution", () => {
  test.each([
    ["does everything to their own", OWN, ADA, undefined, ALL],
    [
      "does nothing to what is another's and public",
      { ...OWN, owner_id: "eve" },
      ADA,
      undefined,
      NONE,
    ],
    ["does nothing to what was left out of the answer", { team_id: null }, ADA, undefined, NONE],
    [
      "does nothing to what they started in a team that they have left",
      TEAMS,
      ADA,
      undefined,
      NONE,
    ],
    ["sees a team's as its viewer", TEAMS, ADA, "viewer", NONE],
    ["steers a team's as its operator", TEAMS, ADA, "operator", { ...ALL, publish: false }],
    ["does everything to a team's as its owner", TEAMS, ADA, "owner", ALL],
    ["acts on what is others' as an administrator", OWN, ROOT, undefined, { ...NONE, act: true }],
  ] as const)("%s", (_what, execution, user, role, rights) => {
    expect(rightsOf(execution, user, role)).toEqual(rights);
  });
});
