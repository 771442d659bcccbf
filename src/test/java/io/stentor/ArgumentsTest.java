package io.stentor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.Arguments.BadArguments;
import io.stentor.config.ConfigLoader.Flag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {
  @Test
  void none_ask_for_nothing() throws BadArguments {
    Arguments none = Arguments.parse();
    assertThat(none.files()).isEmpty();
    assertThat(none.flags()).isEmpty();
    assertThat(none.check() || none.printConfig() || none.version() || none.help()).isFalse();
  }

  @Test
  void files_keep_their_order_and_flags_name_their_options() throws BadArguments {
    Arguments all =
        Arguments.parse(
            "--conf",
            "b",
            "--port",
            "1",
            "--conf=a",
            "--cluster",
            "--demo",
            "--host",
            "::1",
            "--data-dir=/var/lib/stentor",
            "--check");
    assertThat(all.files()).containsExactly("b", "a");
    assertThat(all.flags())
        .containsExactly(
            new Flag("--host", "http.host", "::1"),
            new Flag("--port", "http.port", "1"),
            new Flag("--data-dir", "dataDir", "/var/lib/stentor"),
            new Flag("--cluster", "cluster.enabled", "true"),
            new Flag("--demo", "demo.enabled", "true"));
    assertThat(all.check()).isTrue();
    assertThat(all.printConfig()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "--prot 1, unknown argument --prot; try --help",
        "--admin, --admin belongs to --new-api-key; try --help",
        "conf.json, unknown argument conf.json; try --help",
        "@args, unknown argument @args; try --help",
        "--port, Missing required parameter for option '--port' (N); try --help",
        "--check=yes, option '--check' should be specified without 'yes' parameter; try --help",
      })
  void refuses_what_it_does_not_know_in_one_line(String line, String sentence) {
    assertThatThrownBy(() -> Arguments.parse(line.split(" ")))
        .isInstanceOf(BadArguments.class)
        .hasMessage(sentence);
  }

  @Test
  void help_has_a_short_form() throws BadArguments {
    assertThat(Arguments.parse("-h").help()).isTrue();
    assertThat(Arguments.parse("--help").help()).isTrue();
  }

  @Test
  void the_usage_names_every_flag_and_fits_a_terminal() {
    assertThat(Arguments.usage())
        .contains("--conf", "--port", "--host", "--cluster", "--demo", "--check", "--print-config")
        .contains("--data-dir", "--inspect-data")
        .contains(
            "--version",
            "-h, --help",
            "--new-api-key",
            "--admin",
            "STENTOR_HTTP_PORT",
            "Exit codes");
    assertThat(Arguments.usage().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
  }
}
