package io.stentor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.stentor.message.Publication;
import java.util.Arrays;

/** Imports go one way: transport, protocol, room, history and presence, message. */
@AnalyzeClasses(packages = "io.stentor", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule nothing_goes_round =
      slices().matching("io.stentor.(*)..").should().beFreeOfCycles();

  @ArchTest static final ArchRule messages_know_nothing = mayKnowOnly("message");

  @ArchTest
  static final ArchRule logs_know_messages =
      mayKnowOnly("history", "message", "config", "cluster", "ops");

  @ArchTest
  static final ArchRule presence_knows_messages =
      mayKnowOnly("presence", "message", "config", "cluster", "ops", "timer")
          .allowEmptyShould(true);

  @ArchTest static final ArchRule directories_know_messages = mayKnowOnly("control", "message");

  @ArchTest
  static final ArchRule identities_know_configuration =
      mayKnowOnly("identity", "message", "config", "ops", "timer");

  @ArchTest
  static final ArchRule rooms_know_logs_and_presence =
      mayKnowOnly("room", "history", "presence", "message", "config", "limits", "ops", "timer");

  @ArchTest
  static final ArchRule protocols_know_rooms =
      mayKnowOnly(
          "protocol",
          "room",
          "history",
          "presence",
          "identity",
          "control",
          "message",
          "config",
          "limits",
          "ops",
          "timer");

  @ArchTest
  static final ArchRule transports_know_no_cluster =
      mayKnowOnly(
          "transport",
          "protocol",
          "room",
          "history",
          "presence",
          "identity",
          "control",
          "message",
          "config",
          "limits",
          "ops",
          "timer");

  @ArchTest
  static final ArchRule the_cluster_knows_configuration_only =
      mayKnowOnly("cluster", "config", "ops");

  @ArchTest
  static final ArchRule the_demo_knows_nothing_of_the_inside = mayKnowOnly("demo", "config");

  @ArchTest
  static final ArchRule limits_know_messages_and_configuration =
      mayKnowOnly("limits", "message", "config");

  @ArchTest static final ArchRule configuration_knows_nothing = mayKnowOnly("config");

  @ArchTest static final ArchRule timers_know_nothing = mayKnowOnly("timer");

  @ArchTest
  static final ArchRule only_what_is_clustered_knows_hazelcast =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.stentor.message..",
              "io.stentor.config..",
              "io.stentor.room..",
              "io.stentor.protocol..",
              "io.stentor.transport..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.hazelcast..");

  @ArchTest
  static final ArchRule protocols_know_nothing_of_sockets =
      noClasses()
          .that()
          .resideInAnyPackage("io.stentor.room..", "io.stentor.protocol..")
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
          .doNotHaveFullyQualifiedName("io.stentor.room.BatchCodec")
          .should()
          .callMethodWhere(
              JavaCall.Predicates.target(HasName.Predicates.name("stored"))
                  .and(
                      JavaCall.Predicates.target(
                          HasOwner.Predicates.With.owner(
                              JavaClass.Predicates.equivalentTo(Publication.class)))));

  /** Its own would detect other encodings, or would not know where it is. */
  @ArchTest
  static final ArchRule only_json_sources_configure_a_parser_of_bytes =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.stentor.protocol..", "io.stentor.transport..", "io.stentor.room..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("com.fasterxml.jackson.core.JsonFactory");

  @ArchTest
  static final ArchRule names_say_what_a_thing_is =
      noClasses()
          .should()
          .haveNameMatching(".*(Manager|Service|Util|Utils|Helper|Impl|Base)(\\$.*)?");

  /** Of the packages of this product, the first one uses itself and the others only. */
  private static ArchRule mayKnowOnly(String layer, String... others) {
    DescribedPredicate<JavaClass> foreign =
        DescribedPredicate.describe(
            "belong to none of " + layer + " " + Arrays.toString(others),
            type ->
                type.getPackageName().startsWith("io.stentor")
                    && !isIn(type, layer)
                    && Arrays.stream(others).noneMatch(other -> isIn(type, other)));
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
