package io.stentor.docs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.ImportOption.OnlyIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.stentor.message.Publication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Imports go one way: a package knows only those that stand before it in {@link #ORDER}. */
@AnalyzeClasses(packages = "io.stentor", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** From the ground up; {@code docs/ARCHITECTURE.md} names them in the same order. */
  private static final List<String> ORDER =
      List.of(
          "timer",
          "json",
          "message",
          "config",
          "tls",
          "logging",
          "journal",
          "cluster",
          "history",
          "presence",
          "admission",
          "room",
          "connection",
          "identity",
          "http",
          "files",
          "websocket",
          "sse",
          "centrifuge",
          "health",
          "metrics",
          "console",
          "demo",
          "server",
          "lifecycle");

  @ArchTest
  static final ArchRule nothing_goes_round =
      slices().matching("io.stentor.(*)..").should().beFreeOfCycles();

  @ArchTest
  static void a_package_knows_only_those_before_it(JavaClasses classes) {
    for (int i = 0; i < ORDER.size(); i++) {
      mayKnowOnly(ORDER.get(i), ORDER.subList(0, i)).check(classes);
    }
  }

  @ArchTest
  static void every_package_has_its_place(JavaClasses classes) {
    Set<String> packages = new TreeSet<>();
    for (JavaClass type : classes) {
      String[] path = type.getPackageName().split("\\.");
      if (path.length > 2) {
        packages.add(path[2]);
      }
    }
    assertThat(ORDER).containsExactlyInAnyOrderElementsOf(packages);
  }

  @ArchTest
  static void the_document_names_the_packages_in_this_order(JavaClasses classes)
      throws IOException {
    String text = Files.readString(Path.of("docs/ARCHITECTURE.md"));
    Matcher sentence = Pattern.compile("From the ground up: ([^.]*)\\.").matcher(text);
    assertThat(sentence.find()).isTrue();
    assertThat(sentence.group(1).replace("`", "").split(",\\s+")).containsExactlyElementsOf(ORDER);
  }

  @ArchTest
  static final ArchRule the_demo_is_a_client_like_any_other =
      mayKnowOnly("demo", List.of("config"));

  @ArchTest
  static final ArchRule only_what_is_clustered_knows_hazelcast =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.stentor.message..",
              "io.stentor.config..",
              "io.stentor.room..",
              "io.stentor.http..",
              "io.stentor.websocket..",
              "io.stentor.sse..",
              "io.stentor.centrifuge..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.hazelcast..");

  @ArchTest
  static final ArchRule protocols_know_nothing_of_sockets =
      noClasses()
          .that()
          .resideInAnyPackage("io.stentor.room..", "io.stentor.centrifuge", "io.stentor.json..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx.core.http..", "io.netty.handler..", "io.vertx.ext.web..");

  /** All others make publications in ways that check what they are made of. */
  @ArchTest
  static final ArchRule only_what_reads_stored_forms_makes_publications_unchecked =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.stentor.message.Publication")
          .and()
          .doNotHaveFullyQualifiedName("io.stentor.history.LogWire")
          .and()
          .doNotHaveFullyQualifiedName("io.stentor.room.RoomBus$BatchFormat")
          .should()
          .callMethodWhere(
              JavaCall.Predicates.target(HasName.Predicates.name("stored"))
                  .and(
                      JavaCall.Predicates.target(
                          HasOwner.Predicates.With.owner(
                              JavaClass.Predicates.equivalentTo(Publication.class)))));

  /** They are public only for the package of the cluster's logs. */
  @ArchTest
  static final ArchRule only_histories_know_the_logs_themselves =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.stentor.history..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "io\\.stentor\\.history\\.(RoomLog|LogEntries|LogStep|LogWire|MergedLogs|Epochs)(\\$.*)?");

  /** Its own would detect other encodings, or would not know where it is. */
  @ArchTest
  static final ArchRule only_json_sources_configure_a_parser_of_bytes =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.stentor.http..",
              "io.stentor.websocket..",
              "io.stentor.sse..",
              "io.stentor.centrifuge..",
              "io.stentor.room..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("com.fasterxml.jackson.core.JsonFactory");

  @ArchTest
  static final ArchRule names_say_what_a_thing_is =
      noClasses()
          .should()
          .haveNameMatching(".*(Manager|Service|Util|Utils|Helper|Impl|Base)(\\$.*)?");

  /** The JDK's WebSocket client (17 to 25) loses bytes that arrive directly after the handshake. */
  @ArchTest
  static void no_test_uses_the_websocket_client_of_the_jdk(JavaClasses notTests) {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching("java\\.net\\.http\\.WebSocket.*")
        .check(
            new ClassFileImporter()
                .withImportOption(new OnlyIncludeTests())
                .importPackages("io.stentor"));
  }

  /** Of the packages of this product, the first one uses itself and the others only. */
  private static ArchRule mayKnowOnly(String layer, List<String> others) {
    DescribedPredicate<JavaClass> foreign =
        DescribedPredicate.describe(
            "belong to none of " + layer + " " + others,
            type ->
                type.getPackageName().startsWith("io.stentor")
                    && !isIn(type, layer)
                    && others.stream().noneMatch(other -> isIn(type, other)));
    return noClasses()
        .that()
        .resideInAPackage("io.stentor." + layer + "..")
        .should()
        .dependOnClassesThat(foreign);
  }

  private static boolean isIn(JavaClass type, String layer) {
    String name = type.getPackageName() + ".";
    return name.startsWith("io.stentor." + layer + ".");
  }
}
