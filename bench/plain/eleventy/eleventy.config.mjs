// The fastest that Eleventy does this: Markdown without a template language before it.
export default function (config) {
  config.amendLibrary("md", (markdown) => markdown.set({ typographer: true }));
  config.addGlobalData("layout", "page.njk");
  config.addGlobalData("navigation", [
    { label: "Word buddy", path: "/word-buddy/" },
    { label: "Verhalen", path: "/verhalen/" },
    { label: "Wat past bij je?", path: "/vind-wat-bij-je-past/" },
    { label: "Voor gemeenten", path: "/toolkit/" },
    { label: "Meld je aan", path: "/aanmelden/" },
  ]);
  return { markdownTemplateEngine: false, dir: { input: "content", includes: "../layouts" } };
}
