package io.stentor.bench;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One thing that is measured and what is asked of Stentor in it.
 *
 * @param name the word for the command line
 * @param title what it is, in a few words
 * @param cases servers and loads, run one after another in each round
 * @param columns figures that the table shows
 * @param checks what is asked
 */
record Bar(String name, String title, List<Case> cases, List<Column> columns, List<Check> checks) {

  /** This bar with the cases whose names contain a text, and what is asked of them alone. */
  Bar only(String part) {
    List<Case> some = cases.stream().filter(each -> each.name().contains(part)).toList();
    Set<String> names = some.stream().map(Case::name).collect(Collectors.toSet());
    List<Check> asked =
        checks.stream()
            .filter(check -> names.contains(check.of()))
            .filter(check -> check.over().isEmpty() || names.contains(check.over()))
            .toList();
    return new Bar(name, title, some, columns, asked);
  }

  /**
   * One server under one load.
   *
   * @param name what the table calls it
   * @param load arguments for {@link Load}, without addresses and process ids
   */
  record Case(String name, Candidate server, String load) {
    Case(Candidate server, String load) {
      this(server.name(), server, load);
    }
  }

  /**
   * One figure of {@link Load}'s output in a table.
   *
   * @param divisor the figure is divided by it, so 1000 makes milliseconds of microseconds
   * @param digits after the point
   */
  record Column(String title, String figure, double divisor, int digits) {}

  /**
   * A figure of one case, or its ratio to the same figure of another, against a bound.
   *
   * @param over the other case; empty for the figure itself
   * @param atLeast whether the bound is the least or the most
   */
  record Check(String text, String figure, String of, String over, boolean atLeast, double bound) {}
}
