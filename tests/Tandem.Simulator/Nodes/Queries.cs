using Tandem.Live;
using Tandem.Querying;
using Tandem.Simulator.Scheduling;

namespace Tandem.Simulator.Nodes;

/// <summary>The standing queries of a node.</summary>
internal static class Queries
{
    public static IEnumerable<(LiveTable Table, Query Query)> Draw(Schedule schedule, Node node)
    {
        yield return (node.Items, Of(schedule));
        yield return (node.Items, Of(schedule));
        yield return (node.Parts, new Query { First = schedule.Random.Next(2, 20) });
    }

    private static Query Of(Schedule schedule) => new()
    {
        Filter = schedule.Random.Next(6) switch
        {
            0 => Filter.All,
            1 => Filter.Eq("shelf", (long)schedule.Random.Next(4)),
            2 => new Filter.In("shelf", [(long)schedule.Random.Next(4), (long)schedule.Random.Next(4), null]),
            3 => new Filter.Compare("shelf", CompareOperator.GreaterOrEqual, (long)schedule.Random.Next(4)),
            4 => new Filter.Match("note", MatchOperator.StartsWith, "n" + schedule.Random.Next(1, 4)),
            _ => new Filter.Compare("shelf", CompareOperator.Less, (long)schedule.Random.Next(4)) & new Filter.Compare("count", CompareOperator.GreaterOrEqual, 0L),
        },
        Order = schedule.Random.Next(3) switch { 0 => [], 1 => [new Order("shelf", schedule.Chance(50))], _ => [new Order("name"), new Order("shelf")] },
        First = schedule.Random.Next(3) switch { 0 => 2, 1 => 4, _ => 100 },
        Fields = schedule.Chance(30) ? ["name", "shelf"] : null,
    };
}
