package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The bill of materials in the jar, and the page that lists the libraries and their licences. */
class SbomIT {
  private static final String ENTRY = "META-INF/sbom/stentor.cdx.json";
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+:[^`]+)` \\| (.+) \\|$");

  private static JsonObject bill() throws IOException {
    try (JarFile jar = new JarFile(System.getProperty("stentor.jar", "target/stentor.jar"))) {
      ZipEntry entry = jar.getEntry(ENTRY);
      if (entry == null) {
        String message = "no " + ENTRY + " in the jar, as it was built without a network";
        assertThat(System.getProperty("stentor.tools")).as(message).isNotEqualTo("required");
        Assumptions.abort(message);
      }
      byte[] bytes = jar.getInputStream(entry).readAllBytes();
      return new JsonObject(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  @Test
  void lists_what_is_in_the_jar_and_nothing_that_changes_from_build_to_build() throws IOException {
    JsonObject bill = bill();
    assertThat(bill.getString("bomFormat")).isEqualTo("CycloneDX");
    assertThat(bill.containsKey("serialNumber")).isFalse();
    assertThat(bill.getJsonObject("metadata").containsKey("timestamp")).isFalse();
    assertThat(licences(bill)).containsKeys("io.vertx:vertx-core", "com.hazelcast:hazelcast");
    assertThat(licences(bill).keySet()).noneMatch(name -> name.contains("junit"));
  }

  @Test
  void every_library_stands_with_its_licences_in_the_documents() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("docs", "LICENSES.md")));
    while (row.find()) {
      documented.put(row.group(1), row.group(2));
    }
    assertThat(documented).isEqualTo(licences(bill()));
  }

  private static Map<String, String> licences(JsonObject bill) {
    Map<String, String> all = new TreeMap<>();
    for (Object one : bill.getJsonArray("components")) {
      JsonObject component = (JsonObject) one;
      all.put(
          component.getString("group") + ":" + component.getString("name"),
          component.getJsonArray("licenses").stream()
              .map(licence -> ((JsonObject) licence).getJsonObject("license").getString("id"))
              .sorted()
              .collect(Collectors.joining(" or ")));
    }
    return all;
  }
}
