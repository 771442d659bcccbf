package io.stentor.config;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.stentor.config.Config.DrainOptions;
import io.stentor.config.Config.WebSocketOptions;
import io.stentor.config.IdentityOptions.TokenOptions;
import io.stentor.identity.Permissions;
import java.util.Map;
import java.util.Set;

/**
 * Who would keep a copy of an option that can be reloaded: no constructor reads one, and no field
 * holds a group of them. The exceptions stand here, each with what keeps it right.
 */
@AnalyzeClasses(packages = "io.stentor", importOptions = DoNotIncludeTests.class)
class NoCopiesOfOptionsTest {

  /** Groups of options that a running node takes over. */
  private static final Set<String> RELOADABLE =
      Set.of(
          IdentityOptions.class.getName(),
          TokenOptions.class.getName(),
          WebSocketOptions.class.getName(),
          LimitOptions.class.getName(),
          DrainOptions.class.getName(),
          RoomOptions.class.getName(),
          RoomOptions.History.class.getName());

  /** Who may be given options once, and why nothing goes wrong. */
  private static final Map<String, String> ALLOWED =
      Map.ofEntries(
          Map.entry("io.stentor.identity.Access", "prepares the next state, which replaces this"),
          Map.entry("io.stentor.identity.Tokens", "replaced by Access when its options differ"),
          Map.entry("io.stentor.admission.Limits$Configured", "replaced by Limits.change"),
          Map.entry("io.stentor.room.Room", "given new ones by Rooms.optionsChanged"),
          Map.entry("io.stentor.room.Tail", "given new ones by its Room"),
          Map.entry("io.stentor.room.Feed", "given new ones by Rooms.optionsChanged"),
          Map.entry("io.stentor.room.ReorderBuffer$RecentCache", "given new ones by its Feed"),
          Map.entry("io.stentor.room.Publisher$Appender", "given new ones by Rooms.optionsChanged"),
          Map.entry("io.stentor.connection.Heartbeat$Schedule", "clients were told its interval"),
          Map.entry("io.stentor.history.cluster.LogProcessor", "made anew for each operation"),
          Map.entry(
              "io.stentor.history.cluster.LogProcessor.Replicate", "made anew for each operation"),
          Map.entry("io.stentor.centrifuge.MembersQuery", "made anew for each question"),
          Map.entry("io.stentor.lifecycle.Startup", "warns, and makes Limits, which are changed"));

  private static final DescribedPredicate<JavaClass> OPTIONS =
      DescribedPredicate.describe(
          "a group of options that can be reloaded", type -> RELOADABLE.contains(type.getName()));

  @ArchTest
  static final ArchRule no_field_holds_options =
      noFields()
          .that()
          .areDeclaredInClassesThat(
              DescribedPredicate.describe(
                  "belong to none of the exceptions", NoCopiesOfOptionsTest::isChecked))
          .should()
          .haveRawType(OPTIONS);

  @ArchTest
  static final ArchRule no_field_holds_permissions_as_they_were =
      noFields()
          .that()
          .areDeclaredInClassesThat()
          .resideOutsideOfPackage("io.stentor.identity..")
          .should()
          .haveRawType(Permissions.class)
          .because("Access has the only ones");

  @ArchTest
  static final ArchRule no_constructor_reads_options =
      codeUnits()
          .that(
              DescribedPredicate.describe(
                  "are constructors outside the exceptions",
                  unit -> unit instanceof JavaConstructor && isChecked(unit.getOwner())))
          .should(
              new ArchCondition<JavaCodeUnit>("read options only when they are used") {
                @Override
                public void check(JavaCodeUnit unit, ConditionEvents events) {
                  for (JavaMethodCall call : unit.getMethodCallsFromSelf()) {
                    if (OPTIONS.test(call.getTargetOwner()) && !call.isDeclaredInLambda()) {
                      events.add(SimpleConditionEvent.violated(call, call.getDescription()));
                    }
                  }
                }
              });

  private static boolean isChecked(JavaClass type) {
    return !type.getPackageName().equals("io.stentor.config")
        && !ALLOWED.containsKey(type.getName());
  }
}
