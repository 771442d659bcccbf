/** Texts with their web addresses as links. */

import { element } from "../common/dom.js";

const ADDRESS = /\bhttps?:\/\/[^\s<>"“”‘’，。！？、；：（）【】《》\p{Cc}\p{Cf}]+/giu;
/** Punctuation at the end belongs to the sentence, not to the address. */
const PUNCTUATION = /[.,:;!?'"*_~]+$/;

/** Appends a text to an element. */
export function appendWithLinks(target, text) {
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = withoutEnd(found);
    const url = parsed(address);
    if (url) {
      target.append(text.slice(from, index), link(address, url));
      from = index + address.length;
    }
  }
  target.append(text.slice(from));
}

function withoutEnd(found) {
  let address = found.replace(PUNCTUATION, "");
  // A closing bracket belongs to the address only if its opening one does.
  while (/[)\]]$/.test(address) && !isBalanced(address)) {
    address = address.slice(0, -1).replace(PUNCTUATION, "");
  }
  return address;
}

function isBalanced(address) {
  const count = (character) => address.split(character).length;
  return count("(") >= count(")") && count("[") >= count("]");
}

function parsed(address) {
  try {
    const url = new URL(address);
    return url.protocol === "http:" || url.protocol === "https:" ? url : null;
  } catch {
    return null;
  }
}

function link(text, url) {
  return element("a", {
    href: url.href,
    // The real address: letters of other scripts can look like those of a known host.
    title: url.href,
    target: "_blank",
    rel: "noopener noreferrer nofollow ugc",
    textContent: text,
  });
}
