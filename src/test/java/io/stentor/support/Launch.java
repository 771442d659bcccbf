package io.stentor.support;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a node is started. Immutable: each {@code with…} returns another one.
 *
 * @param java the command that runs {@code java}, with what stands before it
 * @param jvm arguments of the JVM
 * @param program what is run: the jar, or a class of the tests that wraps it
 * @param arguments arguments of the program
 * @param environment variables added to an environment without any of Stentor's
 */
public record Launch(
    List<String> java,
    List<String> jvm,
    List<String> program,
    List<String> arguments,
    Map<String, String> environment) {

  public Launch {
    java = List.copyOf(java);
    jvm = List.copyOf(jvm);
    program = List.copyOf(program);
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /**
   * For processes that live for seconds, many at a time: a small heap, and no second compiler,
   * which would take more time than it saves.
   */
  private static final List<String> SHORT_LIVED =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** What the manifest of the jar allows, for where the jar is on a class path. */
  private static final List<String> ACCESS =
      List.of(
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.management/sun.management=ALL-UNNAMED",
          "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");

  /** The fat jar, on the JVM that runs the tests, with these arguments. */
  public static Launch jar(String... arguments) {
    return withoutArchive(arguments).withJvm(ClassArchive.ARGUMENTS.toArray(String[]::new));
  }

  /** The same without the archive of its classes. */
  static Launch withoutArchive(String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new Launch(
        List.of(java),
        SHORT_LIVED,
        List.of("-jar", jarUnderTest().toString()),
        List.of(arguments),
        Map.of());
  }

  /** The same on a free port. */
  public static Launch server(String... arguments) {
    return jar("--port", Integer.toString(Ports.free()), "--host", "127.0.0.1").with(arguments);
  }

  /** With these arguments behind the others. */
  public Launch with(String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return new Launch(java, jvm, program, all, environment);
  }

  /** With these JVM arguments behind the others. */
  public Launch withJvm(String... more) {
    List<String> all = new ArrayList<>(jvm);
    all.addAll(List.of(more));
    return new Launch(java, all, program, arguments, environment);
  }

  /** Runs a class of the tests, which has the jar on its class path. */
  public Launch withMain(Class<?> main) {
    Path tests =
        Path.of(URI.create(main.getProtectionDomain().getCodeSource().getLocation().toString()));
    String path = jarUnderTest() + File.pathSeparator + tests;
    List<String> run = new ArrayList<>(ACCESS);
    run.addAll(List.of("-cp", path, main.getName()));
    return new Launch(java, jvm, run, arguments, environment);
  }

  /** The fat jar that the tests are about. */
  public static Path jarUnderTest() {
    return Path.of(System.getProperty("stentor.jar", "target/stentor.jar")).toAbsolutePath();
  }

  /** Runs this fat jar, and nothing that wraps it. */
  public Launch withJar(Path jar) {
    List<String> same = jar.equals(jarUnderTest()) ? jvm : jvmWithoutArchive();
    return new Launch(java, same, List.of("-jar", jar.toString()), arguments, environment);
  }

  /** With another {@code java} command. */
  public Launch withJava(String command) {
    return new Launch(List.of(command), jvmWithoutArchive(), program, arguments, environment);
  }

  private List<String> jvmWithoutArchive() {
    List<String> own = new ArrayList<>(jvm);
    own.removeAll(ClassArchive.ARGUMENTS);
    return own;
  }

  /** With this command in front, which runs what follows it. */
  public Launch inside(List<String> prefix) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(java);
    return new Launch(all, jvm, program, arguments, environment);
  }

  /** With one more variable. */
  public Launch withEnv(String name, Object value) {
    Map<String, String> all = new HashMap<>(environment);
    all.put(name, value.toString());
    return new Launch(java, jvm, program, arguments, all);
  }

  /** With lines about who comes and goes in its log. */
  public Launch atDebug() {
    return withEnv("STENTOR_LOGGING_LEVEL", "debug");
  }

  /** The port of the last {@code --port} argument, 9898 where there is none. */
  int port() {
    int at = arguments.lastIndexOf("--port");
    return at < 0 ? 9898 : Integer.parseInt(arguments.get(at + 1));
  }

  /** The whole command line. */
  List<String> command() {
    List<String> command = new ArrayList<>(java);
    command.addAll(jvm);
    command.addAll(program);
    command.addAll(arguments);
    return command;
  }
}
