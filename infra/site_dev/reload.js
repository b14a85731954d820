// Added to each page by `make site-dev` only: shows a new build, or what stopped it.
const build = document.currentScript.dataset.build;
const notice = document.createElement("pre");
notice.setAttribute("role", "alert");
notice.id = "site-dev";
notice.style.cssText =
  "position:fixed;z-index:9;inset:auto 0 0;max-height:60vh;overflow:auto;margin:0;padding:1rem;" +
  "background:#7d1128;color:#fff;font:1rem/1.4 monospace;white-space:pre-wrap;text-align:start";

new EventSource("/dev/changes").onmessage = ({ data }) => {
  const now = JSON.parse(data);
  if (now.error) {
    notice.textContent = now.error;
    document.body.append(notice);
  } else if (now.build !== build) {
    location.reload();
  }
};
