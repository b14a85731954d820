/*
 * Measures pages with Lighthouse, as on a phone, one after the other in one browser.
 *
 * node lighthouse.mjs CHROMIUM < addresses, one a line > JSON, a line each: the address, the score
 * in each category (0 to 100), and there every audit that is short of full marks.
 */

import { readFileSync } from "node:fs";

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const FLAGS = ["--headless=new", "--no-sandbox", "--disable-background-networking", "--no-first-run"];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
// Lighthouse waits this long, in ms, to see whether a page comes back to life. Ours have no timer.
const QUIET = { pauseAfterFcpMs: 250, pauseAfterLoadMs: 250, networkQuietThresholdMs: 250, cpuQuietThresholdMs: 250 };

const addresses = readFileSync(0, "utf8").trim().split("\n");
const browser = await launch({ chromePath: process.argv[2], chromeFlags: FLAGS });
const options = {
  port: browser.port,
  output: [],
  logLevel: "error",
  onlyCategories: CATEGORIES,
  disableFullPageScreenshot: true,
  ...QUIET,
};

for (const address of addresses) {
  const { lhr } = await lighthouse(address, options);
  const scores = {};
  const short = {};
  for (const name of CATEGORIES) {
    scores[name] = Math.round(lhr.categories[name].score * 100);
    short[name] = lhr.categories[name].auditRefs
      .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 1)
      .map(({ id }) => `${id}: ${lhr.audits[id].displayValue || lhr.audits[id].title}`);
  }
  const lcp = Math.round(lhr.audits["largest-contentful-paint"].numericValue);
  console.log(JSON.stringify({ address, scores, short, lcp, error: lhr.runtimeError?.message }));
}
browser.kill();
