package io.stentor.http;

import static io.stentor.support.NodeWithBystander.ROOM;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.json.JsonSource;
import io.stentor.support.ContractDocument;
import io.stentor.support.NodeWithBystander;
import io.stentor.support.RandomRequests;
import io.stentor.support.RandomRequests.Request;
import io.stentor.support.RawHttp;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whatever is sent, the server answers or ends the connection, fails at nothing and goes on. A
 * longer run: {@code -Dstentor.fuzz=100000}; the same run again: {@code -Dstentor.fuzz.seed=N}.
 */
class FuzzIT {
  private static final int REQUESTS = Integer.getInteger("stentor.fuzz", 3000);
  private static final long SEED = Long.getLong("stentor.fuzz.seed", new Random().nextLong());
  private static final Pattern STATUS = Pattern.compile("(\\S+) ([0-9]{3}) .*");
  private static final ContractDocument DOCUMENT = ContractDocument.read();

  @RegisterExtension static final NodeWithBystander node = new NodeWithBystander();

  private final Map<String, Integer> seen = new TreeMap<>();

  @Test
  void no_request_makes_the_server_fail_or_hang() {
    RandomRequests requests = new RandomRequests(SEED);
    int lines = node.log().all().size();
    for (int i = 0; i < REQUESTS; i++) {
      Request request = requests.next();
      byte[] frames = requests.frames();
      String what = "seed " + SEED + ", request " + i + ":\n" + request;
      String outcome = outcome(request, frames, what);
      seen.merge(outcome, 1, Integer::sum);
      if (i % 500 == 0) {
        assertAlive();
      }
    }
    assertAlive();
    JsonSource.of(bytes("/rooms/fuzz/messages?limit=1000"));
    System.out.println("fuzz, seed " + SEED + ", " + REQUESTS + " requests: " + seen);
    assertThat(seen)
        .as("the requests reach what they should")
        .containsKeys("101", "200", "201", "400");
    assertThat(node.log().from(lines))
        .filteredOn(line -> line.contains("ERROR") || line.contains("Exception"))
        .isEmpty();
  }

  private String outcome(Request request, byte[] frames, String what) {
    try (RawHttp http = new RawHttp(node.port())) {
      http.send(request.bytes());
      if (!request.complete()) {
        http.endSending();
      }
      String line = http.line();
      Matcher status = STATUS.matcher(line);
      assertThat(status.matches()).as(what + "\nwas answered with " + line).isTrue();
      int code = Integer.parseInt(status.group(2));
      assertThat(status.group(1)).as(what).matches("HTTP/1[.][01]");
      assertThat(code).as(what).isLessThan(500);
      if (code == 101) {
        http.answerAfter(code);
        speak(http, frames, what);
      }
      if (code >= 400 && !new String(request.bytes(), 0, 5).startsWith("HEAD")) {
        RawHttp.Answer answer = http.answerAfter(code);
        assertThat(answer.header("content-type")).as(what).isEqualTo("application/problem+json");
        DOCUMENT.assertDescribes("NONE", "/", answer);
      }
      return status.group(2);
    } catch (UncheckedIOException e) {
      assertThat(e.getCause()).as(what).isNotInstanceOf(SocketTimeoutException.class);
      assertThat(request.complete() && request.bytes().length < 1000).as(what + "\n" + e).isFalse();
      return "ended";
    }
  }

  /** Whatever is sent, the server ends the connection: by itself, or when the client has. */
  private static void speak(RawHttp socket, byte[] frames, String what) {
    try {
      socket.send(frames).endSending().isEnded();
    } catch (UncheckedIOException e) {
      assertThat(e.getCause()).as(what).isNotInstanceOf(SocketTimeoutException.class);
    }
  }

  /** What is at a path, byte by byte. */
  private static byte[] bytes(String path) {
    URI uri = URI.create("http://127.0.0.1:" + node.port() + path);
    return HttpClient.newHttpClient()
        .sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray())
        .join()
        .body();
  }

  private static void assertAlive() {
    assertThat(RawHttp.get(node.port(), ROOM + "/messages").status()).isEqualTo(200);
  }
}
