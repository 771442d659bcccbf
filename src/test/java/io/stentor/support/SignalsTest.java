package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignalsTest {
  private static final List<String> STATUS = List.of("cat", "/proc/self/status");

  @Test
  void a_node_gets_sighup_sigint_and_sigterm_back_where_the_tests_ignore_them() throws IOException {
    List<String> ignoring = new ArrayList<>(List.of("env", "--ignore-signal=HUP,INT,TERM"));
    ignoring.addAll(STATUS);
    Signals ignored = Signals.parse(output(ignoring));
    assertThat(ignored.ignored() & 0x4003).isEqualTo(0x4003);

    List<String> restored = new ArrayList<>(List.of("env", "--ignore-signal=HUP,INT,TERM"));
    restored.addAll(ignored.restored(STATUS));
    assertThat(Signals.parse(output(restored)).ignored() & 0x4003).isZero();
  }

  @Test
  void a_command_stays_as_it_is_where_no_such_signal_is_ignored() {
    assertThat(Signals.parse("Name:\tjava\nSigIgn:\t0000000000001000\n").restored(STATUS))
        .isEqualTo(STATUS);
  }

  private static String output(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
