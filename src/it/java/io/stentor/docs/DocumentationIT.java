package io.stentor.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.microsoft.playwright.Page;
import io.stentor.config.ConfigLoader;
import io.stentor.identity.ApiKeys;
import io.stentor.support.Browser;
import io.stentor.support.CodeBlock;
import io.stentor.support.Command;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.NpmPackages;
import io.stentor.support.Ports;
import io.stentor.support.RawHttp;
import io.stentor.support.Window;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Runs every code block of README.md and docs, by its language: {@code sh}, {@code console}
 * (commands behind {@code $}, and what they print), {@code js} (as a module in Node where it
 * imports something, else in a page), {@code json} (a configuration), {@code yaml}. A block without
 * a language is a picture or an example of what is written somewhere.
 *
 * <p>A block has to end by itself, without an error. Otherwise an HTML comment in front says how it
 * is run: {@code <!-- block: until TEXT -->} until it has printed the text; {@code each line until
 * TEXT}, each line as a process of its own; {@code not run: REASON}; {@code file NAME}, part of a
 * recipe that {@link GuideIT} runs.
 */
class DocumentationIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String KEY = "the key of the documents' examples";
  private static final String NOT_RUN = "not run: ";
  private static final String UNTIL = "until ";
  private static final String EACH_LINE = "each line until ";

  private static final ScheduledExecutorService PUBLISHER =
      Executors.newSingleThreadScheduledExecutor();

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+)\\)");

  /** How a line begins, and the code in the first cell of a row. */
  private static final Pattern HEADING_OR_ROW =
      Pattern.compile("^(#+ |\\| `[^`]+` |\\|)", Pattern.MULTILINE);

  /** The positions of the examples are behind these. */
  private static final int LEAST_MESSAGES = 50;

  @TempDir static Path directory;

  private static String epoch;
  private static NodeProcess node;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException {
    JsonObject key = new JsonObject().put("name", "docs").put("sha256", ApiKeys.hash(KEY));
    JsonObject identity =
        new JsonObject().put("apiKeys", new JsonArray().add(key.put("admin", true)));
    Path file = Files.createTempFile("documents", ".json");
    JsonObject longLogs =
        new JsonObject().put("history", new JsonObject().put("messages", 1_000_000));
    Files.writeString(
        file, new JsonObject().put("identity", identity).put("roomDefaults", longLogs).encode());
    node = NodeProcess.start(Launch.server("--conf", file.toString()));
    HttpClient http = HttpClient.newHttpClient();
    for (int i = 0; i < LEAST_MESSAGES; i++) {
      publish(http, "general");
    }
    RawHttp.Answer newest = RawHttp.get(node.port(), "/rooms/general/messages?limit=1");
    epoch = new JsonObject(newest.body()).getString("epoch");
    PUBLISHER.scheduleWithFixedDelay(
        () -> List.of("general", "quotes:ACME").forEach(room -> publish(http, room)),
        0,
        200,
        TimeUnit.MILLISECONDS);
  }

  /** Somebody always says hello in the rooms of the examples. */
  private static void publish(HttpClient http, String room) {
    URI address = URI.create("http://127.0.0.1:" + node.port() + "/rooms/" + room + "/messages");
    HttpRequest hello =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString("hello"))
            .build();
    try {
      http.send(hello, BodyHandlers.discarding());
    } catch (IOException e) {
      // The node has ended, or the next one comes through.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterAll
  static void stop() {
    PUBLISHER.shutdownNow();
    if (browser != null) {
      browser.close();
    }
    if (node != null) {
      node.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> a_code_block_does_what_it_shows() {
    return CodeBlock.ofDocuments().stream()
        .map(block -> DynamicTest.dynamicTest(block.place(), () -> run(block)));
  }

  @Test
  void few_blocks_are_not_run_and_each_says_why() {
    List<CodeBlock> blocks = CodeBlock.ofDocuments();
    List<CodeBlock> not =
        blocks.stream().filter(block -> block.noteBehind(NOT_RUN) != null).toList();
    assertThat(blocks).hasSizeGreaterThan(40);
    assertThat(not).hasSizeLessThanOrEqualTo(14);
    assertThat(not).allMatch(block -> block.noteBehind(NOT_RUN).length() > 20);
  }

  /** Its commands are run as those of README.md; only what follows a # differs. */
  @Test
  void the_chinese_readme_has_the_commands_the_links_and_the_tables_of_the_english_one()
      throws IOException {
    Path english = Path.of("README.md");
    Path chinese = Path.of("README.zh-CN.md");
    assertThat(commands(chinese)).isEqualTo(commands(english)).isNotEmpty();
    assertThat(found(LINK, chinese)).isEqualTo(found(LINK, english)).isNotEmpty();
    assertThat(found(HEADING_OR_ROW, chinese)).isEqualTo(found(HEADING_OR_ROW, english));
    assertThat(Files.readString(english)).contains("](README.zh-CN.md)");
    assertThat(Files.readString(chinese)).contains("](README.md)");
  }

  private static List<String> commands(Path file) {
    return CodeBlock.of(file).stream()
        .filter(block -> !block.language().isEmpty())
        .map(block -> block.note() + block.language() + block.text().replaceAll("#.*", ""))
        .toList();
  }

  private static List<String> found(Pattern pattern, Path file) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map(one -> one.group(1))
        .filter(one -> !one.startsWith("README"))
        .sorted()
        .toList();
  }

  /** The test itself: what would be wrong in a document. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sh||false",
        "sh||curl -sf localhost:9898/nowhere",
        "console||$ curl -s localhost:9898/rooms;{\"rooms\":[],\"nexxt\":\"a\"}",
        "console||$ curl -si localhost:9898/rooms;HTTP/1.1 404 Not Found",
        "console||curl -s localhost:9898/rooms",
        "js||import { nothing } from \"ws/nothing\";",
        "js||console.log(1);",
        "json||{\"http\":{\"prot\":1}}",
        "yaml||a: [",
        "||$ curl -s localhost:9898/rooms",
        "ruby||puts 1",
      })
  void a_block_that_does_not_do_what_it_shows_fails(String language, String note, String text) {
    String name = language == null ? "" : language;
    List<String> lines = List.of(text.split(";(?=[H{])"));
    CodeBlock block = new CodeBlock("here", name, note == null ? "" : note, lines);
    assertThatThrownBy(() -> run(block)).isNotNull();
  }

  @Test
  void a_block_that_is_indented_or_does_not_end_is_found() {
    assertThatThrownBy(() -> CodeBlock.of("x", List.of("", "    code")))
        .hasMessageContaining("x:2");
    assertThatThrownBy(() -> CodeBlock.of("x", List.of("```sh", "code")))
        .hasMessageContaining("x:1");
  }

  private static void run(CodeBlock block) throws IOException {
    if (block.noteBehind(NOT_RUN) != null || block.noteBehind(CodeBlock.FILE) != null) {
      return;
    }
    switch (block.language()) {
      case "sh" -> runShell(block);
      case "console" -> runConsole(block);
      case "js" -> runScript(block);
      case "json" -> checkConfiguration(block);
      case "yaml" ->
          new org.yaml.snakeyaml.Yaml(new SafeConstructor(new LoaderOptions())).load(block.text());
      case "" ->
          assertThat(block.lines())
              .as("a block with commands is of the language console")
              .noneMatch(line -> line.startsWith("$ "));
      default -> fail("nobody knows how to run a block of the language " + block.language());
    }
  }

  private static void runShell(CodeBlock block) {
    String eachUntil = block.noteBehind(EACH_LINE);
    if (eachUntil == null) {
      runUntil(block, () -> List.of(shell(block.text())));
    } else {
      runUntil(block, () -> block.lines().stream().map(DocumentationIT::shell).toList());
    }
  }

  /** Runs processes until all have printed what the note says, or have ended well. */
  private static String runUntil(CodeBlock block, Supplier<List<Command>> start) {
    String until = block.noteBehind(EACH_LINE);
    String awaited = until != null ? until : block.noteBehind(UNTIL);
    List<Command> all = start.get();
    try {
      for (Command one : all) {
        if (awaited == null) {
          one.awaitEnd();
        } else {
          one.awaitText(awaited);
        }
      }
      return all.get(0).printed();
    } finally {
      all.forEach(Command::close);
    }
  }

  private static void runConsole(CodeBlock block) {
    List<String> lines = new ArrayList<>(block.lines());
    assertThat(lines.get(0)).as("the first line is a command").startsWith("$ ");
    while (!lines.isEmpty()) {
      String command = lines.remove(0).substring("$ ".length());
      while (command.endsWith("\\") || command.chars().filter(c -> c == '\'').count() % 2 == 1) {
        command += "\n" + lines.remove(0);
      }
      List<String> expected = new ArrayList<>();
      while (!lines.isEmpty() && !lines.get(0).startsWith("$ ")) {
        expected.add(lines.remove(0));
      }
      String whole = command;
      String printed = runUntil(block, () -> List.of(shell(whole)));
      assertSameShape(printed, expected);
    }
  }

  /** Positions and texts differ, names do not. */
  private static void assertSameShape(String printed, List<String> expected) {
    List<String> lines = printed.lines().toList();
    if (expected.get(0).startsWith("HTTP/")) {
      assertThat(lines.get(0)).startsWith(expected.get(0));
    }
    for (String line : expected) {
      if (line.matches("[a-z-]+: .*|[a-z]+:")) {
        String name = line.substring(0, line.indexOf(':') + 1);
        assertThat(lines).anyMatch(one -> one.startsWith(name));
      }
    }
    JsonObject shown = firstObject(expected);
    if (shown != null) {
      JsonObject got = firstObject(lines);
      assertThat(got).as(printed).isNotNull();
      assertThat(got.fieldNames()).as(printed).isEqualTo(shown.fieldNames());
    }
  }

  /** The first JSON object that begins a line; it may have several lines. */
  private static JsonObject firstObject(List<String> lines) {
    int first = 0;
    while (first < lines.size() && !lines.get(first).startsWith("{")) {
      first++;
    }
    for (int end = first + 1; end <= lines.size(); end++) {
      try {
        return new JsonObject(String.join("", lines.subList(first, end)));
      } catch (io.vertx.core.json.DecodeException e) {
        continue;
      }
    }
    assertThat(first).as("an object that does not end: %s", lines).isEqualTo(lines.size());
    return null;
  }

  private static void runScript(CodeBlock block) throws IOException {
    if (block.text().startsWith("import ")) {
      Path packages = NpmPackages.directory();
      Path file = Files.createTempFile(packages.toAbsolutePath(), "block", ".mjs");
      try {
        Files.writeString(file, here(block.text()));
        runUntil(block, () -> List.of(start(List.of("node", file.toString()), packages)));
      } finally {
        Files.delete(file);
      }
      return;
    }
    String awaited = block.noteBehind(UNTIL);
    assertThat(awaited).as("a script in a page has a note with what it prints").isNotNull();
    if (browser == null) {
      browser = Browser.start();
    }
    try (Window window = browser.open("http://127.0.0.1:" + node.port() + "/api.html")) {
      Page page = window.page();
      List<String> printed = new CopyOnWriteArrayList<>();
      page.onConsoleMessage(message -> printed.add(message.text()));
      page.evaluate("() => { (async () => {" + here(block.text()) + "})(); }");
      page.waitForCondition(
          () -> printed.stream().anyMatch(line -> line.contains(awaited)),
          new Page.WaitForConditionOptions().setTimeout(PATIENCE.toMillis()));
      assertThat(window.complaints()).isEmpty();
    }
  }

  private static void checkConfiguration(CodeBlock block) throws IOException {
    Path file = Files.createTempFile("block", ".json");
    Files.writeString(
        file,
        block.text().replace("\"…\"", "\"" + ApiKeys.hash("x") + "\"").replace("[…]", "[\"a\"]"));
    assertThat(
            new ConfigLoader(file.toAbsolutePath().getParent(), Map.of())
                .load(List.of(file.toString()), List.of()))
        .isNotNull();
  }

  /** With the addresses, positions and files of this test. */
  private static String here(String text) {
    String jar =
        Path.of(System.getProperty("stentor.jar", "target/stentor.jar"))
            .toAbsolutePath()
            .toString();
    return text.replace("1a2b3c", epoch)
        .replace("localhost:9898", "127.0.0.1:" + node.port())
        .replaceAll("java -jar (target/)?stentor\\.jar", "java -Xmx256m -jar " + jar)
        .replace("--port 9899", "--port " + Ports.free())
        .replace("--data-dir ./data", "--data-dir " + directory.resolve("data-" + Ports.free()))
        .replaceAll("--conf (?=conf/)", "--conf " + Path.of("").toAbsolutePath() + "/");
  }

  private static Command shell(String commands) {
    return start(
        List.of("bash", "-euo", "pipefail", "-c", here(commands)), NpmPackages.directory());
  }

  private static Command start(List<String> command, Path workingDirectory) {
    Map<String, String> environment =
        Map.of(
            "KEY",
            KEY,
            "STENTOR_HTTP_HOST",
            "127.0.0.1",
            "STENTOR_HTTP_PORT",
            Integer.toString(Ports.free()),
            "STENTOR_CLUSTER_NAME",
            "documents-" + ProcessHandle.current().pid(),
            "STENTOR_CLUSTER_HOST",
            "127.0.0.1",
            "STENTOR_CLUSTER_BUS_PORT",
            Integer.toString(Ports.free()),
            "STENTOR_CLUSTER_MEMBERS",
            "127.0.0.1");
    return Command.start(command, workingDirectory, environment);
  }
}
