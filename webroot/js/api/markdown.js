/** Shows the part of Markdown that the contract uses: headings, paragraphs, lists, tables, code and bold. */

import { element } from "../common/dom.js";

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*/g;

/**
 * Returns the elements of a text in Markdown.
 *
 * @param localize returns a block in the language of the page; its element gets `lang="en"` if that has none
 */
export function markdown(source, localize) {
  return blocks(source).map(({ tag, lines }) => {
    switch (tag) {
      case "ul":
        return element("ul", {}, ...items(lines).map((item) => block("li", item, localize)));
      case "table":
        return table(lines, localize);
      default:
        return block(tag, lines.join(" "), localize);
    }
  });
}

/** Returns an element with the inline markup of one block. */
export function block(tag, source, localize) {
  const text = source.replace(/\s+/g, " ").trim();
  const shown = localize(text);
  const created = element(tag, {}, ...inline(shown));
  if (shown === text && document.documentElement.lang !== "en") {
    created.lang = "en";
  }
  return created;
}

function blocks(source) {
  const parts = source.trim().split(/\n\s*\n/);
  return parts.flatMap((part) => {
    const lines = part.split("\n").map((line) => line.trimEnd());
    if (lines[0].startsWith("## ")) {
      return [{ tag: "h2", lines: [lines[0].slice(3)] }];
    }
    if (lines[0].startsWith("|")) {
      return [{ tag: "table", lines }];
    }
    const first = lines.findIndex((line) => line.startsWith("* "));
    const text = first < 0 ? lines : lines.slice(0, first);
    return [
      ...(text.length > 0 ? [{ tag: "p", lines: text }] : []),
      ...(first < 0 ? [] : [{ tag: "ul", lines: lines.slice(first) }]),
    ];
  });
}

function items(lines) {
  const all = [];
  for (const line of lines) {
    if (line.startsWith("* ")) {
      all.push(line.slice(2));
    } else {
      all.push(`${all.pop()} ${line.trim()}`);
    }
  }
  return all;
}

function table([head, , ...rows], localize) {
  const cells = (line) => line.slice(1, -1).split("|").map((cell) => cell.trim());
  const row = (tag, line) => element("tr", {}, ...cells(line).map((cell) => block(tag, cell, localize)));
  const body = rows.map((line) => row("td", line));
  return element(
    "div",
    { className: "wide", tabIndex: 0, role: "group" },
    element("table", {}, element("thead", {}, row("th", head)), element("tbody", {}, ...body)),
  );
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(text.slice(end, found.index));
    nodes.push(found[1] ? element("code", { textContent: found[1] }) : element("strong", { textContent: found[2] }));
    end = found.index + found[0].length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}
