package io.stentor.centrifuge;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.CentrifugeProtobuf;
import io.stentor.support.RawWebSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plays one side of a written conversation on raw sockets and compares the other, byte for byte.
 * What is written in JSON can be played in Protobuf as well.
 *
 * <pre>
 * # a remark
 * A @ /rooms/lobby   A is a WebSocket at this path; without, it is one at /connection/websocket
 * A > {"id":1}       A sends this text message; the next line goes into the same message
 * A + {"id":2}
 * A < {"id":1}       A receives this message and no other
 * A ! 3501 reason    A is closed
 * </pre>
 *
 * <p>In what is received <code>${name}</code> stands for characters that are no quote; the same
 * again wherever it is written after that.
 */
final class Transcript implements AutoCloseable {
  private static final Pattern LINE = Pattern.compile("(\\w+) ([@>+<!]) (.*)");
  private static final Pattern NAME = Pattern.compile("\\$\\{(\\w+)}");

  private static final String CENTRIFUGE = "/connection/websocket";
  private static final String PROTOBUF = "Sec-WebSocket-Protocol: centrifuge-protobuf";

  private final int port;
  private final boolean protobuf;
  private final Map<String, String> known;
  private final Map<String, RawWebSocket> sockets = new HashMap<>();
  private final Set<String> inProtobuf = new HashSet<>();

  Transcript(int port, boolean protobuf, Map<String, String> known) {
    this.port = port;
    this.protobuf = protobuf;
    this.known = new HashMap<>(known);
  }

  /** Plays it to the end, and sees that nothing more comes than what is written. */
  void play(List<String> text) {
    List<String> lines = new ArrayList<>(text);
    lines.removeIf(line -> line.isBlank() || line.startsWith("#"));
    for (int i = 0; i < lines.size(); i++) {
      Matcher line = LINE.matcher(lines.get(i));
      assertThat(line.matches()).as(lines.get(i)).isTrue();
      StringBuilder message = new StringBuilder(line.group(3));
      while (i + 1 < lines.size() && lines.get(i + 1).startsWith(line.group(1) + " + ")) {
        message.append('\n').append(lines.get(++i).substring(line.group(1).length() + 3));
      }
      step(line.group(1), line.group(2), message.toString());
    }
  }

  private void step(String who, String what, String text) {
    switch (what) {
      case "@" -> sockets.put(who, connected(who, text));
      case ">" -> send(who, filled(text));
      case "<" -> received(who, text);
      default -> closed(who, text);
    }
  }

  private RawWebSocket socket(String who) {
    return sockets.computeIfAbsent(who, name -> connected(name, CENTRIFUGE));
  }

  private RawWebSocket connected(String who, String path) {
    if (protobuf && path.startsWith(CENTRIFUGE)) {
      inProtobuf.add(who);
      return RawWebSocket.connect(port, path, PROTOBUF);
    }
    return RawWebSocket.connect(port, path);
  }

  private void send(String who, String text) {
    RawWebSocket socket = socket(who);
    if (inProtobuf.contains(who)) {
      socket.sendFrame(RawWebSocket.FIN | RawWebSocket.BINARY, CentrifugeProtobuf.commands(text));
    } else {
      socket.sendText(text);
    }
  }

  private void received(String who, String json) {
    RawWebSocket.Frame frame = socket(who).nextFrame();
    String expected = json;
    String text = frame.opcode() == RawWebSocket.TEXT ? frame.text() : "closed: " + frame.reason();
    if (inProtobuf.contains(who) && frame.opcode() == RawWebSocket.BINARY) {
      text = CentrifugeProtobuf.replies(frame.payload());
      // Protobuf has no difference between an empty list and none.
      expected = json.contains("\"history\"") ? json : json.replace("\"publications\":[],", "");
    }
    Matcher matcher = pattern(expected).matcher(text);
    assertThat(matcher.matches()).as("%s expected %s%nand got %s", who, expected, text).isTrue();
    NAME.matcher(expected)
        .results()
        .map(found -> found.group(1))
        .filter(name -> !known.containsKey(name))
        .distinct()
        .toList()
        .forEach(name -> known.put(name, matcher.group(name)));
  }

  private void closed(String who, String codeAndReason) {
    RawWebSocket.Frame frame = socket(who).nextFrame();
    assertThat(frame.opcode()).as(frame.text()).isEqualTo(RawWebSocket.CLOSE);
    assertThat(frame.closeCode() + " " + frame.reason()).isEqualTo(codeAndReason);
    sockets.remove(who).close();
  }

  private String filled(String text) {
    return NAME.matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(known.get(found.group(1))));
  }

  private Pattern pattern(String expected) {
    StringBuilder pattern = new StringBuilder();
    List<String> fresh = new ArrayList<>();
    int at = 0;
    Matcher names = NAME.matcher(expected);
    while (names.find()) {
      pattern.append(Pattern.quote(expected.substring(at, names.start())));
      String name = names.group(1);
      if (known.containsKey(name)) {
        pattern.append(Pattern.quote(known.get(name)));
      } else if (fresh.contains(name)) {
        pattern.append("\\k<").append(name).append('>');
      } else {
        fresh.add(name);
        pattern.append("(?<").append(name).append(">[^\"]+?)");
      }
      at = names.end();
    }
    return Pattern.compile(pattern.append(Pattern.quote(expected.substring(at))).toString());
  }

  /** Whoever is still connected gets an answer to a last question, and nothing before it. */
  void seeThatNothingElseCame() {
    sockets.forEach(
        (who, socket) -> {
          socket.sendFrame(RawWebSocket.FIN | RawWebSocket.PING, new byte[] {'?'});
          RawWebSocket.Frame frame = socket.nextFrame();
          assertThat(frame.opcode())
              .as("%s got %s", who, frame.text())
              .isEqualTo(RawWebSocket.PONG);
        });
  }

  @Override
  public void close() {
    sockets.values().forEach(RawWebSocket::close);
  }
}
