// Puts a packed page in the place of this one. Its scripts and styles are those that the policy
// names by their hash, and nothing else in it can run.

(async () => {
  const letters = atob(JSON.parse(document.getElementById("packed")?.textContent ?? '""'));
  const bytes = Uint8Array.from(letters, (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const page = new DOMParser().parseFromString(await new Response(stream).text(), "text/html");
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.documentElement.dataset.theme = page.documentElement.dataset.theme;
  document.head.append(...page.querySelectorAll("style"));
  const scripts = [...page.querySelectorAll("script:not([type])")];
  for (const script of scripts) script.remove();
  document.body.replaceChildren(...page.body.childNodes);
  for (const { textContent } of scripts) {
    const script = document.createElement("script");
    script.textContent = textContent;
    document.body.append(script);
  }
})();
