/** The column of those who are in the room. */

import { say, spoken } from "../common/i18n.js";
import { nameOf } from "./user-names.js";

const MOST_SHOWN = 200;

/**
 * Draws it.
 *
 * @param members of the room
 * @param isOwn whether somebody is this client
 * @param names `proved` or `selfChosen`, `null` where that is not known
 */
export function drawPeople(members, isOwn, names) {
  const people = members.state === "known" ? together(members, isOwn) : [];
  const shown = people.slice(0, MOST_SHOWN).map(person);
  const gone = members.news.filter(({ came }) => !came).map(({ info }) => leaver(info));
  document.getElementById("ulMembers").replaceChildren(...shown, ...gone.slice(0, MOST_SHOWN));
  document.getElementById("membersHint").textContent = hint(members, people, names);
}

/** How many are here, in words; empty where that is not known. */
export function counted(members) {
  const isCounted = members.state === "known" || members.state === "many";
  return isCounted ? say("here", { count: members.count.toLocaleString(spoken()) }) : "";
}

function together(members, isOwn) {
  const people = new Map();
  const came = new Set(members.news.filter((one) => one.came).map(({ info }) => info.client));
  for (const info of members.here) {
    const key = info.user ? `user ${info.user}` : info.client;
    const one = people.get(key) ?? { name: nameOf(info), connections: 0, own: false, came: false };
    one.connections++;
    one.own ||= isOwn(info);
    one.came ||= came.has(info.client) && !one.own;
    people.set(key, one);
  }
  const order = new Intl.Collator(spoken());
  return [...people.values()].sort(
    (a, b) => Number(b.own) - Number(a.own) || order.compare(a.name, b.name),
  );
}

function person({ name, connections, own, came }) {
  const row = document.createElement("li");
  const text = document.createElement("bdi");
  text.textContent = name;
  text.title = name;
  row.append(text);
  if (connections > 1) {
    row.append(note(`×${connections}`));
  }
  if (own) {
    row.append(note(`(${say("you")})`));
  }
  if (came) {
    row.className = "came";
    row.append(note(say("came")));
  }
  return row;
}

function leaver(info) {
  const row = document.createElement("li");
  row.className = "went";
  const text = document.createElement("bdi");
  text.textContent = nameOf(info);
  row.append(text, note(say("went")));
  return row;
}

function note(text) {
  const element = document.createElement("span");
  element.className = "note";
  element.textContent = text;
  return element;
}

function hint({ state }, people, names) {
  const unlisted = { hidden: "membersHidden", denied: "membersDenied", failed: "membersFailed", many: "membersMany" };
  if (unlisted[state]) {
    return say(unlisted[state]);
  }
  const more = people.length - MOST_SHOWN;
  if (more > 0) {
    return say("membersMore", { count: more });
  }
  if (state !== "known" || names === null) {
    return "";
  }
  return say(names === "proved" ? "namesProved" : "namesSelfChosen");
}
