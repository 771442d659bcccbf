package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import io.stentor.support.Client;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The console in a real browser: figures, rooms, publishing and disconnecting. */
class ConsolePageIT extends InConsole {
  private static final String ATTACK = "<img src=x onerror=\"document.title='taken'\">";

  @Test
  void an_admin_key_opens_figures_nodes_and_rooms_without_browser_errors_or_other_servers() {
    try (Client ann = join("console:seen", "ann");
        Client bo = join("console:seen", "bo");
        Window one = browser.open("about:blank")) {
      CopyOnWriteArrayList<String> asked = new CopyOnWriteArrayList<>();
      one.page().onRequest(request -> asked.add(request.url()));
      one.page().navigate(page(open.port(), "admin.html"));
      show(one, ADMIN);
      one.awaitLive();

      assertThat(one.page().locator(".tile .plot canvas")).hasCount(12);
      assertThat(nodes(one)).hasCount(1);
      assertThat(nodes(one)).containsText("ready");
      assertThat(one.at("summary")).hasText("1 of 1 nodes ready");
      assertThat(room(one, "console:seen").locator("td.connections")).hasText("2");
      assertThat(room(one, ".stentor")).hasCount(0);
      ann.publish("hello");
      assertThat(bo.next()).isEqualTo("hello");
      Patience.until(one, () -> !figure(one, "delivered").textContent().equals("0"));
      Patience.until(one, () -> figure(one, "append").textContent().endsWith("ms"));
      Patience.until(one, () -> figure(one, "connections").textContent().matches("[3-9]|\\d\\d+"));
      assertThat(figure(one, "memory")).containsText("MB");
      assertThat(one.page().locator(".tile[data-figure=connections] .plot"))
          .hasAttribute(
              "aria-label", Pattern.compile("Connections: .* now; between .* in the time shown."));
      assertThat(one.at("moment")).hasText(Pattern.compile("the last .*"));
      one.page().locator(".tile .plot").first().hover();
      assertThat(one.at("moment")).hasText(Pattern.compile("\\d:\\d\\d:\\d\\d"));
      assertThat(one.complaints()).isEmpty();
      assertThat(asked)
          .isNotEmpty()
          .allMatch(url -> url.startsWith(page(open.port(), "")))
          .noneMatch(url -> url.contains(ADMIN));
    }
  }

  @Test
  void keys_choose_a_time_whose_values_all_figures_show() {
    try (Window one = enter()) {
      Locator first = one.page().locator(".tile[data-figure=connections] .plot");
      Locator second = one.page().locator(".tile[data-figure=rooms] .plot");
      assertThat(one.page().locator(".tile .plot[tabindex='0']")).hasCount(1);
      first.press("ArrowLeft");
      assertThat(one.at("moment")).hasText(Pattern.compile("\\d+:\\d\\d:\\d\\d.*"));
      assertThat(first)
          .hasAttribute("aria-valuetext", Pattern.compile("\\d+:\\d\\d:\\d\\d.*, [–\\d].*"));
      first.press("ArrowDown");
      assertThat(second).isFocused();
      assertThat(one.page().locator(".tile .plot[tabindex='0']")).hasCount(1);
      second.press("Home");
      assertThat(one.at("moment")).hasText(Pattern.compile("\\d+:\\d\\d:\\d\\d.*"));
      second.press("Escape");
      assertThat(one.at("moment")).hasText(Pattern.compile("the last .*"));
      assertThat(one.at("alarm")).containsText("not part of a cluster");
      assertThat(one.at("alarm")).hasAttribute("data-level", "information");
      assertThat(nodes(one).locator(".id")).hasText(Pattern.compile(".+:" + open.port()));
    }
  }

  @Test
  void a_card_shows_the_data_directory_or_that_there_is_none(@TempDir Path data) {
    try (Window one = enter()) {
      assertThat(nodes(one)).containsText("Data directorynone: messages are in memory");
    }
    try (NodeProcess kept =
            NodeProcess.start(withKeys(Launch.server("--data-dir", data.toString())));
        Window one = enter(kept, options -> {})) {
      assertThat(nodes(one)).containsText(Pattern.compile("Data directory[0-9.]+ k?B"));
    }
  }

  /** What the console makes of figures, without a server that tells them. */
  private static final String OF_FIGURES =
      """
      async () => {
        const { Cluster } = await import('/js/console/cluster.js');
        const { EventLog } = await import('/js/console/event-log.js');
        const log = new EventLog();
        const cluster = new Cluster((figures, last) => log.update(figures, last));
        const tell = (node, time, others) => cluster.update([JSON.stringify({
          node, time, address: `${node[0]}:1`, state: 'ready', clustered: true, nodes: 2, copies: true,
          uptimeSeconds: 5, connections: { ws: 1 }, gaps: 0, slow: { skip: 0 }, limits: {}, ...others,
        })], 0);
        const start = 1e12;
        tell('a1', start, { uptimeSeconds: 1 });
        tell('b1', start);
        tell('a2', start + 50_000, { uptimeSeconds: 1 });
        tell('a2', start + 170_000, { gaps: 2 });
        tell('a2', start + 200_000, { gaps: 3, slow: { skip: 4 }, limits: { rooms: 7, idleSeconds: 9 } });
        tell('a2', start + 201_000, { gaps: 3, slow: { skip: 4 }, limits: { rooms: 7, idleSeconds: 9 }, copies: false,
          disk: { bytes: 5, writable: false, damaged: 0 } });
        const shown = (clock) => cluster.nodes(clock).map((node) => `${node.id} ${node.state(clock)}`);
        const early = shown(start + 100_000);
        log.watch(cluster, start + 100_000);
        const clock = start + 201_000;
        return {
          early, late: shown(clock), copies: cluster.copies(clock), unwritable: cluster.unwritable(clock),
          starts: cluster.incarnations(cluster.nodes(clock)[0]),
          connections: cluster.now('connections', 'sum', clock),
          past: cluster.values('connections', 'sum', clock)[0],
          events: log.events.map(({ kind, node, detail, count }) => `${node} ${kind} ${detail} ${count}`),
        };
      }
      """;

  @Test
  void incarnations_are_folded_gone_nodes_disappear_and_figures_become_events() {
    try (Window one = browser.open(page(open.port(), "admin.html"))) {
      Map<?, ?> found = (Map<?, ?>) one.page().evaluate(OF_FIGURES);

      assertThat((List<?>) found.get("early")).hasToString("[a2 ready, b1 gone]");
      assertThat((List<?>) found.get("late")).hasToString("[a2 ready]");
      assertThat(found.get("copies")).isEqualTo("missing");
      assertThat((List<?>) found.get("unwritable")).hasToString("[a:1]");
      assertThat(found.get("starts")).isEqualTo(2);
      assertThat(found.get("connections")).isEqualTo(1);
      assertThat(found.get("past")).as("of both, before they ended").isEqualTo(2);
      assertThat((List<?>) found.get("events"))
          .map(Object::toString)
          .containsExactly(
              "a:1 copying  1",
              "a:1 slow skip 4",
              "a:1 limit rooms 7",
              "a:1 lost  3",
              "a:1 started  1",
              "b:1 gone  1",
              "a:1 started  1",
              "b:1 started  1");
    }
  }

  /** What the console makes of two nodes, one of which ends, and of another one that joins. */
  private static final String OF_A_DEATH =
      """
      async () => {
        const { Cluster } = await import('/js/console/cluster.js');
        const cluster = new Cluster();
        const start = 1e12;
        const tell = (node, millis, nodes) => {
          cluster.update([JSON.stringify({
            node, time: start + millis, address: `${node}:1`, state: 'ready', clustered: true, nodes, copies: nodes > 1,
          })], 0);
          const clock = start + millis;
          const states = cluster.nodes(clock).map((one) => one.state(clock));
          return `${states.filter((one) => one === 'ready').length} ready, ${cluster.copies(clock)}`;
        };
        return [
          ['a', 0, 2], ['b', 500, 2], ['a', 1000, 2], ['a', 2000, 1], ['a', 3000, 1],
          ['c', 3500, 2], ['a', 4000, 2], ['c', 4500, 2],
        ].map((figures) => tell(...figures));
      }
      """;

  @Test
  void the_count_of_ready_nodes_and_the_alarm_agree_while_a_node_dies_and_another_one_joins() {
    try (Window one = browser.open(page(open.port(), "admin.html"))) {
      assertThat((List<?>) one.page().evaluate(OF_A_DEATH))
          .map(Object::toString)
          .containsExactly(
              "1 ready, safe",
              "2 ready, safe",
              "2 ready, safe",
              "1 ready, alone",
              "1 ready, alone",
              "2 ready, safe",
              "2 ready, safe",
              "2 ready, safe");
    }
  }

  /**
   * The marks of the time axis of a tile of this width, for each age of the page, with those that
   * touch.
   */
  private static final String TOUCHING_MARKS =
      """
      async (width) => {
        const { marks, agesOf } = await import('/js/console/tiles.js');
        const ruler = document.createElement('canvas').getContext('2d');
        ruler.font = '12px system-ui, sans-serif';
        const touching = [];
        for (let span = 60; span <= 600; span += 10) {
          const plot = { bbox: { width: width * devicePixelRatio }, scales: { x: { max: 1000 + span } } };
          const times = marks(plot, 1000, 1000 + span);
          const widths = agesOf(plot, times).map((text) => ruler.measureText(text).width);
          if (span > 150 && times.length === 0) touching.push('none in ' + span);
          times.slice(1).forEach((time, i) => {
            const free = ((time - times[i]) * width) / span - (widths[i] + widths[i + 1]) / 2;
            if (free < 4) touching.push(`${agesOf(plot, times)} in ${span}: ${free}`);
          });
        }
        return touching;
      }
      """;

  @ParameterizedTest
  @CsvSource({"en-GB, 100", "en-GB, 250", "zh-CN, 100", "zh-CN, 250"})
  void the_times_below_a_plot_do_not_touch_one_another(String locale, int width) {
    try (Window one =
        browser.open(page(open.port(), "admin.html"), options -> options.setLocale(locale))) {
      assertThat((List<?>) one.page().evaluate(TOUCHING_MARKS, width)).isEmpty();
    }
  }

  @Test
  void shows_a_room_without_joining_it_and_publishes() {
    HttpRoom.at(open.port(), "console:look").publish("said before");
    try (Client ann = join("console:look", "ann");
        Window one = enter()) {
      lookInto(one, "console:look");
      assertThat(one.at("settings")).containsText("anyone / anyone");
      assertThat(one.at("members").locator("li")).hasCount(1);
      assertThat(one.at("members")).containsText("ann");
      assertThat(one.at("messages").locator("pre")).hasText(new String[] {"said before"});

      one.at("btnPublish").click();
      assertThat(one.at("publishResult")).containsText("Enter a message first");
      one.at("txtPublish").fill("from the console");
      one.at("btnPublish").click();
      assertThat(one.at("publishResult")).hasText(Pattern.compile("Published at [0-9a-z]+:2\\."));
      assertThat(ann.next()).isEqualTo("from the console");
      one.at("txtPublish").fill("{\"price\": ");
      one.at("chkJson").check();
      one.at("btnPublish").click();
      assertThat(one.at("publishResult")).containsText("refused the request");
      assertThat(one.at("txtPublish")).hasValue("{\"price\": ");
      one.at("txtPublish").fill("{\"price\": 1.50}");
      one.at("btnPublish").click();
      assertThat(ann.next()).isEqualTo("{\"price\": 1.50}");
      assertThat(one.at("messages").locator("li")).hasCount(3);
      assertThat(one.at("members").locator("li")).hasCount(1);
      one.page().keyboard().press("Escape");
      assertThat(one.at("room")).isHidden();
      assertThat(room(one, "console:look").locator("button")).isFocused();
    }
  }

  @Test
  void disconnects_one_connection_or_all_of_a_user_after_confirmation() {
    try (Client first = join("console:cut", "cy");
        Client second = join("console:cut", "cy");
        Client third = join("console:other", "cy");
        Client other = join("console:cut", "dora");
        Window one = enter()) {
      lookInto(one, "console:cut");
      Locator members = one.at("members").locator("li");
      assertThat(members).hasCount(3);
      members.first().locator("button").click();
      one.page().keyboard().press("Escape");
      assertThat(one.page().locator("dialog.confirm")).hasCount(0);
      assertThat(members).hasCount(3);

      members.first().locator("button").click();
      confirm(one, "one");
      assertThat(one.at("memberResult")).containsText("is closed");
      assertThat(members).hasCount(2);
      members.first().locator("button").click();
      confirm(one, "all");
      assertThat(one.at("memberResult")).containsText("connections of cy");
      assertThat(members).hasCount(1);
      assertThat(members).containsText("dora");
      for (Client cut : List.of(first, second, third)) {
        cut.expectClosed(3503);
      }
      assertThat(other.publish("still here").next()).isEqualTo("still here");

      one.page().keyboard().press("Escape");
      one.at("txtUser").fill("dora");
      one.at("txtUser").press("Enter");
      one.page().locator("dialog.confirm button.danger").click();
      assertThat(one.at("userResult")).containsText("connections of dora");
      other.expectClosed(3503);
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void names_and_texts_are_never_markup() {
    HttpRoom.at(open.port(), "console:~a@b#c+1").publish(ATTACK);
    try (Client evil = join("console:~a@b%23c+1", ATTACK);
        Window one = enter()) {
      evil.publish(ATTACK);
      lookInto(one, "console:~a@b#c+1");
      assertThat(one.at("members").locator(".user")).hasText(ATTACK);
      assertThat(one.at("messages").locator("pre")).hasText(new String[] {ATTACK, ATTACK});
      one.at("members").locator("button").click();
      assertThat(one.page().locator("dialog.confirm h2")).containsText(ATTACK);
      assertThat(one.page().locator("main img, dialog img, main script")).hasCount(0);
      assertThat(one.page()).hasTitle("Console – Stentor");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void rooms_are_searched_and_sorted() {
    HttpRoom.at(open.port(), "sorting:a").publish("1");
    HttpRoom.at(open.port(), "sorting:b").publish("1");
    HttpRoom.at(open.port(), "sorting:b").publish("2");
    try (Window one = enter()) {
      Locator names = one.page().locator("#rooms th");
      one.at("txtSearch").fill("sorting:");
      assertThat(names).hasText(new String[] {"sorting:a", "sorting:b"});
      Locator head = one.page().locator("th[data-column=messages]");
      assertThat(head).hasAttribute("aria-sort", "none");
      head.locator("button").click();
      assertThat(head).hasAttribute("aria-sort", "descending");
      assertThat(names).hasText(new String[] {"sorting:b", "sorting:a"});
      one.at("txtSearch").fill("nothing like this");
      assertThat(names).hasCount(0, new HasCountOptions().setTimeout(SOON_MILLIS));
      assertThat(one.at("roomsNote")).hasText("No room name begins like this.");
    }
  }

  @Test
  void the_busiest_room_comes_first_and_long_names_are_whole() {
    String longest = "activity:" + "long-name-".repeat(10);
    HttpRoom.at(open.port(), longest).publish("1");
    HttpRoom.at(open.port(), "activity:calm").publish("1");
    HttpRoom busy = HttpRoom.at(open.port(), "activity:z-busy");
    try (Window one = enter()) {
      one.at("txtSearch").fill("activity:");
      Locator names = one.page().locator("#rooms th");
      assertThat(names).hasCount(2);
      assertThat(one.page().locator("th[data-column=rate]"))
          .hasAttribute("aria-sort", "descending");
      one.page().mouse().move(0, 0);
      Patience.until(
          one,
          () -> {
            busy.publish("more");
            return names.first().textContent().equals("activity:z-busy");
          });
      Locator name = room(one, longest).locator("button");
      assertThat(name).hasText(longest);
      assertThat(name).hasAttribute("title", longest);
      assertThat((boolean) name.evaluate("(e) => e.scrollWidth <= e.clientWidth + 1")).isTrue();
    }
  }

  @Test
  void is_translated() {
    try (Window one = enter(open, options -> options.setLocale("zh-CN"))) {
      assertThat(one.page().locator("h1")).hasText("控制台");
      assertThat(nodes(one)).containsText("就绪");
      assertThat(figure(one, "memory")).containsText("MB");
      one.at("btnLanguage").click();
      assertThat(one.page().locator("h1")).hasText("Console");
      assertThat(nodes(one)).containsText("ready");
      assertThat(one.page()).hasTitle("Console – Stentor");
      assertThat(one.complaints()).isEmpty();
    }
  }
}
