package io.stentor.bench;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** How one kind of server is asked to keep a text, one request at a time, and how it answers. */
enum Protocol {
  /** Stentor and others: {@code POST} of the text. */
  WEB("ws", "/rooms/bench-%d") {
    @Override
    List<byte[]> greeting() {
      return List.of();
    }

    @Override
    byte[] publish(URI url, int room, int bytes) {
      String head =
          """
          POST %s/messages HTTP/1.1
          Host: %s:%d
          Content-Type: text/plain
          Content-Length: %d

          """
              .formatted(LoadOptions.path(url, room), url.getHost(), url.getPort(), bytes);
      return ascii(head.replace("\n", "\r\n") + "x".repeat(bytes));
    }

    @Override
    byte[] probe() {
      return ascii("GET /health/ready HTTP/1.1\r\nHost: bench\r\n\r\n");
    }

    /* Answers have few headers and a length, as those of all servers that are measured here. */
    @Override
    Reply reply(ByteBuffer answer) {
      String text = text(answer);
      int end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        return Reply.INCOMPLETE;
      }
      int at = text.toLowerCase(Locale.ROOT).indexOf("content-length: ");
      int length =
          at < 0 || at > end
              ? 0
              : Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
      if (answer.position() < end + 4 + length) {
        return Reply.INCOMPLETE;
      }
      return text.charAt(9) == '2' ? Reply.TAKEN : Reply.REFUSED;
    }
  },

  /** Stentor: publish commands of the Centrifuge protocol in JSON over a WebSocket. */
  CENTRIFUGE("centrifuge", "/bench-%d") {
    @Override
    List<byte[]> greeting() {
      return List.of(upgrade(""), webSocketFrame(0x81, ascii("{\"id\":1,\"connect\":{}}")));
    }

    @Override
    byte[] publish(URI url, int room, int bytes) {
      String channel = LoadOptions.path(url, room).substring(1);
      String command =
          "{\"id\":2,\"publish\":{\"channel\":\"%s\",\"data\":\"%s\"}}"
              .formatted(channel, "x".repeat(bytes));
      return webSocketFrame(0x81, ascii(command));
    }

    @Override
    byte[] probe() {
      return WEB.probe();
    }

    @Override
    Reply reply(ByteBuffer answer) {
      return webSocketReply(answer, "\"error\"");
    }
  },

  /** Stentor: the same in Protobuf. The numbers are those of fields in {@code client.proto}. */
  PROTOBUF("protobuf", "/bench-%d") {
    @Override
    List<byte[]> greeting() {
      byte[] connect = field(4, new byte[0]);
      return List.of(upgrade("?format=protobuf"), webSocketFrame(0x82, command(1, connect)));
    }

    @Override
    byte[] publish(URI url, int room, int bytes) {
      String channel = LoadOptions.path(url, room).substring(1);
      byte[] data = ascii('"' + "x".repeat(bytes) + '"');
      byte[] publish = field(7, concat(field(1, ascii(channel)), field(2, data)));
      return webSocketFrame(0x82, command(2, publish));
    }

    @Override
    byte[] probe() {
      return WEB.probe();
    }

    /* Behind the reply's own number comes its content, or field 2, an error. */
    @Override
    Reply reply(ByteBuffer answer) {
      return webSocketReply(answer, "\b\2\22");
    }

    /* Each command is preceded by its length. */
    private byte[] command(int id, byte[] content) {
      byte[] numbered = concat(new byte[] {8, (byte) id}, content);
      return concat(varint(numbered.length), numbered);
    }

    private byte[] field(int number, byte[] content) {
      return concat(new byte[] {(byte) (number << 3 | 2)}, varint(content.length), content);
    }

    private byte[] varint(int number) {
      return number < 128
          ? new byte[] {(byte) number}
          : new byte[] {(byte) (number | 128), (byte) (number >> 7)};
    }
  },

  /** Redis: {@code XADD} to a stream for each room. */
  REDIS("redis", "/bench-%d") {
    @Override
    List<byte[]> greeting() {
      return List.of();
    }

    @Override
    byte[] publish(URI url, int room, int bytes) {
      String stream = LoadOptions.path(url, room).substring(1);
      StringBuilder command = new StringBuilder("*5\r\n");
      for (String word : List.of("XADD", stream, "*", "text", "x".repeat(bytes))) {
        command.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
      }
      return ascii(command.toString());
    }

    @Override
    byte[] probe() {
      return ascii("*1\r\n$4\r\nPING\r\n");
    }

    /* An error, a word, or a length and so many bytes, which is the entry's ID. */
    @Override
    Reply reply(ByteBuffer answer) {
      String text = text(answer);
      boolean bulk = text.startsWith("$");
      int lines = text.split("\r\n", -1).length - 1;
      if (lines < (bulk ? 2 : 1)) {
        return Reply.INCOMPLETE;
      }
      return text.startsWith("-") ? Reply.REFUSED : Reply.TAKEN;
    }
  },

  /** PostgreSQL: a prepared {@code INSERT}, which is a transaction by itself. */
  POSTGRES("postgres", "/bench-%d") {
    @Override
    List<byte[]> greeting() {
      String insert = "INSERT INTO messages (room, text) VALUES ($1, $2)";
      byte[] parse = frame('P', body -> body.text("insert").text(insert).number(0, 2));
      return List.of(probe(), concat(parse, frame('S', body -> {})));
    }

    @Override
    byte[] publish(URI url, int room, int bytes) {
      String name = LoadOptions.path(url, room).substring(1);
      byte[] bind =
          frame(
              'B',
              body ->
                  body.text("")
                      .text("insert")
                      .number(0, 2)
                      .number(2, 2)
                      .value(name)
                      .value("x".repeat(bytes))
                      .number(0, 2));
      byte[] execute = frame('E', body -> body.text("").number(0, 4));
      return concat(bind, execute, frame('S', body -> {}));
    }

    @Override
    byte[] probe() {
      Body body = new Body().number(3 << 16, 4).text("user").text("postgres");
      byte[] parameters = body.text("database").text("postgres").number(0, 1).bytes();
      return concat(new Body().number(parameters.length + 4L, 4).bytes(), parameters);
    }

    /* Each message is a type, a length and a body; 'Z' says that the server is ready for more. */
    @Override
    Reply reply(ByteBuffer answer) {
      boolean refused = false;
      for (int at = 0; at + 5 <= answer.position(); ) {
        char type = (char) answer.get(at);
        refused |= type == 'E';
        at += 1 + answer.getInt(at + 1);
        if (at == answer.position() && (type == 'Z' || refused)) {
          return refused ? Reply.REFUSED : Reply.TAKEN;
        }
      }
      return Reply.INCOMPLETE;
    }
  };

  /** What an answer says. */
  enum Reply {
    INCOMPLETE,
    TAKEN,
    REFUSED
  }

  private final String scheme;
  private final String path;

  Protocol(String scheme, String path) {
    this.scheme = scheme;
    this.path = path;
  }

  /** That of a URL. */
  static Protocol of(URI url) {
    for (Protocol protocol : values()) {
      if (protocol.scheme.equals(url.getScheme())) {
        return protocol;
      }
    }
    throw new IllegalArgumentException("unknown scheme: " + url);
  }

  /** The URL of the bench's rooms on a server at this port of the loopback interface. */
  String url(int port) {
    return scheme + "://127.0.0.1:" + port + path;
  }

  /** What a connection sends before its first request, each part after the answer to the last. */
  abstract List<byte[]> greeting();

  /** A request to keep a text of so many bytes. */
  abstract byte[] publish(URI url, int room, int bytes);

  /** A first request that is taken once the server is ready. */
  abstract byte[] probe();

  /** What the bytes before the buffer's position mean, as the answer to one request. */
  abstract Reply reply(ByteBuffer answer);

  private static byte[] upgrade(String query) {
    String request =
        """
        GET /connection/websocket%s HTTP/1.1
        Host: bench
        Upgrade: websocket
        Connection: Upgrade
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==

        """;
    return ascii(request.formatted(query).replace("\n", "\r\n"));
  }

  /* The mask is zero, so it changes nothing. */
  private static byte[] webSocketFrame(int first, byte[] payload) {
    Body frame = new Body().number(first, 1);
    if (payload.length < 126) {
      frame.number(0x80 | payload.length, 1);
    } else {
      frame.number(0x80 | 126, 1).number(payload.length, 2);
    }
    return concat(frame.number(0, 4).bytes(), payload);
  }

  /* An HTTP response, or a frame with a short reply: a byte, a length of one or three bytes. */
  private static Reply webSocketReply(ByteBuffer answer, String error) {
    if (answer.position() > 0 && answer.get(0) == 'H') {
      String head = text(answer);
      boolean complete = head.endsWith("\r\n\r\n");
      return complete && head.startsWith("101", 9) ? Reply.TAKEN : WEB.reply(answer);
    }
    int length = answer.position() < 4 ? 126 : answer.get(1);
    int end = length < 126 ? 2 + length : 4 + (answer.getShort(2) & 0xFFFF);
    if (answer.position() < 4 || answer.position() < end) {
      return Reply.INCOMPLETE;
    }
    return text(answer).contains(error) ? Reply.REFUSED : Reply.TAKEN;
  }

  private static String text(ByteBuffer answer) {
    return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] frame(char type, java.util.function.Consumer<Body> content) {
    Body body = new Body();
    content.accept(body);
    byte[] bytes = body.bytes();
    return concat(new Body().number(type, 1).number(bytes.length + 4L, 4).bytes(), bytes);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Bytes that are put together: those of a frame, or of a message of PostgreSQL. */
  private static final class Body {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Body number(long number, int bytes) {
      for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        out.write((int) (number >> shift));
      }
      return this;
    }

    Body text(String text) {
      out.writeBytes(ascii(text));
      return number(0, 1);
    }

    Body value(String text) {
      number(text.length(), 4);
      out.writeBytes(ascii(text));
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
