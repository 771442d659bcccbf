package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.internal.serialization.impl.HeapData;
import io.stentor.cluster.FixedWireVersion;
import io.stentor.cluster.WireVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The forms that nodes exchange, as files: {@code src/test/resources/wire/<version>/<name>.hex}. A
 * form that changes without a new {@link WireVersion} fails, because nodes of the version before
 * could not read it. {@code -Dstentor.golden=write} writes the files of the newest version; those
 * of older versions never change.
 */
public final class GoldenForms {
  private static final Path FOLDER = Path.of("src/test/resources/wire");
  private static final HexFormat HEX = HexFormat.of();
  private static final int LINE = 80;

  private GoldenForms() {}

  /**
   * Checks the forms of Hazelcast's values in all versions: each value is written as in its file,
   * and what is read from the file is written as in the file, too.
   *
   * @param register registers the types of the values
   */
  public static void check(Consumer<Config> register, Map<String, Object> values) {
    check(register, values, WireVersion.OLDEST);
  }

  /**
   * Checks the forms of Hazelcast's values that there are since a version.
   *
   * @param register registers the types of the values
   */
  public static void check(Consumer<Config> register, Map<String, Object> values, int since) {
    for (int version = since; version <= WireVersion.NEWEST; version++) {
      Config config = new Config();
      FixedWireVersion.fix(config, version);
      register.accept(config);
      InternalSerializationService wire =
          new DefaultSerializationServiceBuilder()
              .setConfig(config.getSerializationConfig())
              .build();
      for (Map.Entry<String, Object> value : values.entrySet()) {
        check(
            value.getKey(),
            version,
            wire.toBytes(value.getValue()),
            bytes -> wire.toBytes(wire.toObject(new HeapData(bytes))));
      }
      wire.dispose();
    }
  }

  /**
   * Checks one form in one version.
   *
   * @param again reads the form, and returns what was read in the same form
   */
  public static void check(
      String name, int version, byte[] written, Function<byte[], byte[]> again) {
    Path file = FOLDER.resolve(version + "/" + name + ".hex");
    try {
      if ("write".equals(System.getProperty("stentor.golden")) && version == WireVersion.NEWEST) {
        Files.createDirectories(file.getParent());
        Files.writeString(
            file, HEX.formatHex(written).replaceAll("(.{" + LINE + "})", "$1\n") + "\n");
      }
      assertThat(file).as("run the tests of this class once with -Dstentor.golden=write").exists();
      byte[] golden = HEX.parseHex(Files.readString(file).replace("\n", ""));
      assertThat(written)
          .as("the form of %s in version %d; a changed form needs a new version", name, version)
          .isEqualTo(golden);
      assertThat(again.apply(golden)).as("%s after it was read", name).isEqualTo(golden);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
