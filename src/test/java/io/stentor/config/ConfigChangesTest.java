package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigChangesTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([\\w.]+)` \\| yes");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
"""
{}                                                  | {'logging':{'level':'debug'}}                              | ``
{}                                                  | {'rooms':[]}                                               | ``
{}                                                  | {'http':{'port':1,'host':'h'},'eventLoops':3}              | eventLoops; http.host; http.port
{}                                                  | {'limits':{'connections':5,'trustedProxies':[]},'drain':{'leaveSeconds':1},'webSocket':{'pingIntervalSeconds':5}} | ``
{}                                                  | {'dataDir':'data'}                                         | dataDir
{'dataDir':'data'}                                  | {'dataDir':'data','roomDefaults':{'history':{'durability':'synced'}},'rooms':[{'match':'a','history':{'durability':'memory'}}]} | ``
{}                                                  | {'cluster':{'restartWaitSeconds':0}}                       | cluster.restartWaitSeconds
{}                                                  | {'limits':{'connections':5,'headerBytes':9000}}            | limits.headerBytes
{}                                                  | {'cluster':{'members':['a']}}                              | cluster.members
{}                                                  | {'http':{'tls':{'certificateFile':'c','keyFile':'k'}}}     | http.tls (on or off)
{'http':{'tls':{'certificateFile':'c','keyFile':'k'}}} | {'http':{'tls':{'certificateFile':'d','keyFile':'k'}}}  | ``
{}                                                  | {'roomDefaults':{'history':{'messages':0}}}                | history.messages (between 0 and more)
{}                                                  | {'roomDefaults':{'history':{'messages':5}}}                | ``
{}                                                  | {'rooms':[{'match':'a','history':{'messages':0}}]}         | history.messages (between 0 and more)
{'rooms':[{'match':'a','history':{'messages':0}}]}  | {'rooms':[{'match':'a','history':{'messages':0}},{'match':'b'}]} | ``
{'rooms':[{'match':'a','history':{'messages':0}}]}  | {'rooms':[{'match':'*'},{'match':'a','history':{'messages':0}}]} | history.messages (between 0 and more)
{}                                                  | {'rooms':[{'match':'a','presence':false}]}                 | presence
{}                                                  | {'roomDefaults':{'history':{'ageSeconds':301}}}            | ``
{'cluster':{'enabled':true}} | {'cluster':{'enabled':true},'roomDefaults':{'history':{'ageSeconds':301}}} | history.ageSeconds (over 300 in a cluster)
{'cluster':{'enabled':true}} | {'cluster':{'enabled':true},'roomDefaults':{'history':{'ageSeconds':299}}} | ``
""")
  void names_what_only_a_restart_can_change(String before, String after, String named)
      throws IOException {
    List<String> expected = named.isEmpty() ? List.of() : List.of(named.split("; "));
    assertThat(new ConfigChanges(config(before)).needRestart(config(after)))
        .containsExactlyElementsOf(expected);
  }

  @Test
  void names_what_is_different_without_its_value() throws IOException {
    Config before = config("{}");
    Config after =
        config(
            "{'identity':{'tokens':{'hmacSecret':'hush'}},'logging':{'format':'json'},'rooms':[]}");
    assertThat(ConfigChanges.between(before, after))
        .containsExactly("identity.tokens.hmacSecret", "logging.format", "rooms");
    assertThat(ConfigChanges.between(before, before)).isEmpty();
  }

  @Test
  void the_table_in_the_documents_lists_what_can_change_while_running() throws IOException {
    String page = Files.readString(Path.of("docs/operations/RELOAD.md"));
    assertThat(ROW.matcher(page).results().map(row -> row.group(1)))
        .containsExactlyElementsOf(ConfigChanges.WHILE_RUNNING);
    JsonObject defaults = JsonFile.read("defaults", Path.of("conf/stentor.json"));
    assertThat(ConfigChanges.WHILE_RUNNING).allMatch(key -> KeyPath.of(key).isIn(defaults));
  }

  private Config config(String json) throws IOException {
    Path file = Files.writeString(directory.resolve("a.json"), json.replace('\'', '"'));
    return new ConfigLoader(Path.of(""), Map.of())
        .load(List.of(file.toString()), List.of())
        .config();
  }
}
