// Puts a packed page in the place of this one. Its scripts and styles are those that the policy
// names by their hash, and nothing else in it can run.

/**
 * Four bytes for every five letters: those of ASCII that HTML and JSON leave as they are.
 * @param {string} letters
 */
function bytesOf(letters) {
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

// Where the probabilities of each part of the model start.
const [MATCH, REP, REP_0, REP_1, REP_2, LONG, SLOT, SPECIAL, ALIGN, LENGTH, REP_LENGTH, LITERAL] = [0, 64, 128, 192, 256, 320, 384, 640, 768, 832, 1216, 1600];

/** Decodes a raw LZMA stream with lc=4, lp=0 and pb=0, after Igor Pavlov's specification. */
class Unpacker {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.odds = new Uint16Array(LITERAL + (768 << 4)).fill(1024);
    this.range = 2 ** 32 - 1;
    this.code = new DataView(bytes.buffer).getUint32(1);
    this.read = 5;
  }

  refill() {
    if (this.range >= 2 ** 24) return;
    this.range *= 256;
    this.code = this.code * 256 + (this.bytes[this.read++] ?? 0);
  }

  /** @param {number} p */
  bit(p) {
    const bound = (this.range >>> 11) * this.odds[p];
    const one = this.code >= bound ? 1 : 0;
    this.range = one ? this.range - bound : bound;
    if (one) this.code -= bound;
    this.odds[p] += one ? -(this.odds[p] >> 5) : (2048 - this.odds[p]) >> 5;
    this.refill();
    return one;
  }

  /** @param {number} p @param {number} bits */
  tree(p, bits) {
    let node = 1;
    while (node < 1 << bits) node = node * 2 + this.bit(p + node);
    return node - (1 << bits);
  }

  /** @param {number} p @param {number} bits */
  reversed(p, bits) {
    let [node, value] = [1, 0];
    for (let b = 0; b < bits; b++) {
      const one = this.bit(p + node);
      node = node * 2 + one;
      value += one << b;
    }
    return value;
  }

  /** @param {number} p */
  length(p) {
    if (!this.bit(p)) return 2 + this.tree(p + 2, 3);
    return this.bit(p + 1) ? 18 + this.tree(p + 128, 8) : 10 + this.tree(p + 64, 3);
  }

  /** @param {number} length */
  distance(length) {
    const slot = this.tree(SLOT + 64 * Math.min(length - 2, 3), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + this.reversed(SPECIAL + base - slot, bits);
    let direct = 0;
    for (let b = 4; b < bits; b++) {
      this.range = Math.floor(this.range / 2);
      const one = this.code >= this.range ? 1 : 0;
      this.code -= this.range * one;
      this.refill();
      direct = direct * 2 + one;
    }
    return base + direct * 16 + this.reversed(ALIGN, 4);
  }

  /**
   * @param {number} before  the byte before
   * @param {number} like  the byte where the last match would go on, -1 after a literal
   */
  literal(before, like) {
    const p = LITERAL + 768 * (before >> 4);
    let node = 1;
    while (node < 256) {
      const guess = (like >> 7) & 1;
      const one = this.bit(like < 0 ? p + node : p + 256 * (1 + guess) + node);
      node = node * 2 + one;
      like = like >= 0 && guess === one ? (like * 2) & 255 : -1;
    }
    return node & 255;
  }

  /**
   * Which of the last four distances comes again; -1 for a single byte at the last one.
   * @param {number} state
   */
  which(state) {
    if (!this.bit(REP_0 + state)) return this.bit(LONG + state) - 1;
    return this.bit(REP_1 + state) ? 2 + this.bit(REP_2 + state) : 1;
  }

  /** @param {Uint8Array} out  as long as what comes out */
  into(out) {
    let [at, state] = [0, 0];
    const last = [0, 0, 0, 0];
    while (at < out.length) {
      if (!this.bit(MATCH + state)) {
        out[at] = this.literal(at ? out[at - 1] : 0, state >= 7 ? out[at - last[0] - 1] : -1);
        at++;
        state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
        continue;
      }
      let length = 1;
      const first = state < 7;
      if (!this.bit(REP + state)) {
        length = this.length(LENGTH);
        last.unshift(this.distance(length));
        state = first ? 7 : 10;
      } else {
        const which = this.which(state);
        if (which > 0) last.unshift(...last.splice(which, 1));
        if (which >= 0) length = this.length(REP_LENGTH);
        state = which < 0 ? (first ? 9 : 11) : first ? 8 : 11;
      }
      last.length = 4;
      for (; length > 0 && at < out.length; length--, at++) out[at] = out[at - last[0] - 1];
    }
    return out;
  }
}

(() => {
  const [size, letters] = JSON.parse(document.getElementById("packed")?.textContent ?? '[0, ""]');
  const page = new DOMParser().parseFromString(new TextDecoder().decode(new Unpacker(bytesOf(letters)).into(new Uint8Array(size))), "text/html");
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
