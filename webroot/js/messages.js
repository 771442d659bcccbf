/**
 * The list of messages. Arrivals are gathered and drawn once a frame, and the list is bounded, so a
 * busy room costs a page no more than a calm one.
 */

/** Messages that stay on the page. */
export const KEPT = 1000;

const NEAR_END_PIXELS = 48;

export class Messages {
  #log;
  #list;
  #waiting = [];
  #unread = 0;
  #lastDay = "";
  #language = "en";
  #onChange;
  #trimmed = false;
  #frame = 0;

  /** `onChange({unread, trimmed, empty})` is called after each drawing. */
  constructor(log, list, onChange) {
    this.#log = log;
    this.#list = list;
    this.#onChange = onChange;
    log.addEventListener("scroll", () => this.#atEnd() && this.#read(), { passive: true });
  }

  /** Adds a text; it is never taken for markup. */
  add(text) {
    this.#waiting.push({ text, time: new Date() });
    if (this.#waiting.length > KEPT) {
      this.#waiting.shift();
      this.#trimmed = true;
    }
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** Goes to the newest message. */
  toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#read();
  }

  /** Times and days are written in this language from now on, also those that stand already. */
  speak(language) {
    this.#language = language;
    for (const time of this.#list.querySelectorAll("time")) {
      this.#write(time, new Date(time.dateTime));
    }
  }

  #draw() {
    this.#frame = 0;
    const follow = this.#atEnd();
    const drawn = this.#waiting.splice(0);
    const rows = document.createDocumentFragment();
    for (const { text, time } of drawn) {
      const day = time.toDateString();
      if (day !== this.#lastDay) {
        this.#lastDay = day;
        rows.append(this.#row("day", time));
      }
      rows.append(this.#row("message", time, text));
    }
    this.#list.append(rows);
    while (this.#list.childElementCount > KEPT) {
      this.#list.firstElementChild.remove();
      this.#trimmed = true;
    }
    if (follow) {
      this.toEnd();
    } else {
      this.#unread += drawn.length;
      this.#changed();
    }
  }

  #row(kind, time, text) {
    const row = document.createElement("li");
    row.className = kind;
    const stamp = document.createElement("time");
    stamp.dateTime = time.toISOString();
    stamp.dataset.kind = kind;
    this.#write(stamp, time);
    row.append(stamp);
    if (text !== undefined) {
      const body = document.createElement("span");
      body.className = "text";
      body.dir = "auto";
      body.textContent = text;
      row.append(body);
    }
    return row;
  }

  #write(stamp, time) {
    const day = stamp.dataset.kind === "day";
    const form = day
      ? { weekday: "long", day: "numeric", month: "long" }
      : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    stamp.textContent = time.toLocaleString(this.#language, form);
    stamp.title = time.toLocaleString(this.#language, { dateStyle: "long", timeStyle: "medium" });
  }

  #atEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PIXELS;
  }

  #read() {
    this.#unread = 0;
    this.#changed();
  }

  #changed() {
    const empty = this.#list.childElementCount === 0;
    this.#onChange({ unread: this.#unread, trimmed: this.#trimmed, empty });
  }
}
