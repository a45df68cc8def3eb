// Puts a packed page in the place of this one. Its scripts and styles are those that the policy
// names by their hash, and nothing else in it can run.

(async () => {
  const [size, letters] = JSON.parse(document.getElementById("packed")?.textContent ?? '[0, ""]');
  const bytes = unpacked(letters).subarray(0, size);
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

/**
 * Four bytes for every five letters: those of ASCII that HTML and JSON leave as they are.
 * @param {string} letters
 */
function unpacked(letters) {
  const digit = new Uint8Array(127);
  let next = 0;
  for (let code = 33; code < 127; code++) if (![34, 38, 39, 60, 62, 92].includes(code)) digit[code] = next++;
  const words = new DataView(new ArrayBuffer((letters.length / 5) * 4));
  for (let at = 0; at < letters.length; at += 5) {
    let word = 0;
    for (let d = 0; d < 5; d++) word = word * 85 + digit[letters.charCodeAt(at + d)];
    words.setUint32((at / 5) * 4, word);
  }
  return new Uint8Array(words.buffer);
}
