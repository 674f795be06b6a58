using System.Diagnostics;
using Tandem.Changes;
using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Records;

namespace Tandem.Bench;

/// <summary>What does a change cost when 1,000 standing filters might want it, and what when 100,000 might?</summary>
/// <remarks>
/// The mix is a quarter each of equalities (half of them with a range beside), lists of values, prefixes and ranges. In both sizes as many of the filters hold for
/// a record (five); with more, what is told to more listeners would be measured instead of the finding.
/// </remarks>
internal static class StandingFilters
{
    private const int Few = 1_000;
    private const int Many = 100_000;
    private const int Changes = 20_000;

    public static async Task RunAsync(Stage stage, Report report)
    {
        var (few, many) = (Build(Few), Build(Many));
        var matched = await Timing.InTurnsAsync(9, () => Match(few), () => Match(many));
        var routed = await Timing.InTurnsAsync(9, () => Route(few), () => Route(many));
        report.Section("A change matched against standing filters", "found and told", "us per change with 1,000", "us per change with 100,000", "x");
        report.Row("found: FilterIndex.Matches", matched[0] / Changes * 1e6, matched[1] / Changes * 1e6, matched[1] / matched[0]);
        report.Row("found, noted as theirs and told: Routes.Post", routed[0] / Changes * 1e6, routed[1] / Changes * 1e6, routed[1] / routed[0]);
        report.Row("each filter asked one by one", OneByOne(few), OneByOne(many), OneByOne(many) / OneByOne(few));
        report.Say($"Of each record's filters {few.Found / (double)few.Asked:0.00} hold among 1,000 and {many.Found / (double)many.Asked:0.00} among 100,000.");
        report.AtMost("a change matched against 100,000 standing filters", matched[1] / matched[0], 1.5, "x of 1,000");
        report.AtMost("the same end to end through the routes", routed[1] / routed[0], 1.5, "x of 1,000");
    }

    private sealed class Side
    {
        public required FilterIndex<Listener> Index { get; init; }

        public required Routes Routes { get; init; }

        public required List<Filter> Filters { get; init; }

        public required Record[] Records { get; init; }

        public long Asked { get; set; }

        public long Found { get; set; }

        public long Number { get; set; }
    }

    private sealed class Listener : IStepListener
    {
        public long Heard { get; private set; }

        public void Post(StepPart part) => Heard += part.Net.Count;

        public void Close()
        {
            // Nothing is held.
        }
    }

    private static Side Build(int count)
    {
        var quarter = count / 4;
        List<Filter> filters = [];
        for (var i = 0; i < quarter; i++)
        {
            var category = Filter.Eq("category", $"category {i}");
            filters.Add(i % 2 == 0 ? category : category & new Filter.Compare("price", CompareOperator.GreaterOrEqual, 0m));
            filters.Add(new Filter.In("shelf", [3L * i, (3L * i) + 1, (3L * i) + 2]));
            filters.Add(new Filter.Match("name", MatchOperator.StartsWith, $"Item {i:D6}"));
            filters.Add(new Filter.Compare("stock", CompareOperator.GreaterOrEqual, (long)i) & new Filter.Compare("stock", CompareOperator.Less, i + 2L));
        }

        var routes = new Routes(Goods.Schema, (_, _) => { });
        var index = new FilterIndex<Listener>(Goods.Schema);
        foreach (var filter in filters)
        {
            var listener = new Listener();
            index.Add(filter, listener);
            routes.Add(listener, filter, FilterFields.Of(filter).Distinct().ToList(), counts: false, told: null);
            routes.Settle(listener, []);
        }

        var random = new Random(1);
        var records = Enumerable.Range(1, Changes).Select(i =>
            Goods.Make(i, $"Item {random.Next(quarter):D6} of many", $"category {random.Next(quarter)}", random.Next(quarter * 3), i / 100m, random.Next(1, quarter))).ToArray();
        return new Side { Index = index, Routes = routes, Filters = filters, Records = records };
    }

    private static Task Match(Side side)
    {
        foreach (var record in side.Records)
        {
            side.Found += side.Index.Matches(record).Count;
        }

        side.Asked += side.Records.Length;
        return Task.CompletedTask;
    }

    /// <summary>Posts a change of each record's price: every filter that held still holds.</summary>
    private static Task Route(Side side)
    {
        foreach (var record in side.Records)
        {
            var (number, needed) = side.Routes.Begin();
            var step = new Step(Goods.Schema, number, needed) { Cursor = new Cursor("1") };
            step.Add(record.Key, record, true, record, false);
            side.Routes.Post(step);
        }

        return Task.CompletedTask;
    }

    /// <returns>Microseconds per change.</returns>
    private static double OneByOne(Side side)
    {
        const int Some = 20;
        var held = 0;
        var started = Stopwatch.GetTimestamp();
        foreach (var record in side.Records.Take(Some))
        {
            held += side.Filters.Count(f => FilterEvaluator.Holds(f, record));
        }

        GC.KeepAlive(held);
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / Some;
    }
}
