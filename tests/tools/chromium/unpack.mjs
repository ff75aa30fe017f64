// Unpacks the browser, its libraries and its fonts into the folder for temporary files.
import chromium from "@sparticuz/chromium";

await chromium.executablePath();
