using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Specification.Tables;
using Record = Tandem.Records.Record;

namespace Tandem.Tests.Live.Views;

public sealed class FilterIndexTests
{
    private static readonly string[] s_words = ["", "a", "ab", "abc", "B", "ABC", "é"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 30).Select(_ => Random.Shared.Next())];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Matches_OverRandomFiltersComingAndGoing_AreThoseThatHold(int seed)
    {
        var random = new Random(seed);
        var schema = Shop.InMemory().Find("goods")!.Schema;
        var index = new FilterIndex<object>(schema);
        Dictionary<object, Filter> standing = [];
        for (var round = 0; round < 300; round++)
        {
            if (random.Next(3) > 0 || standing.Count == 0)
            {
                var (subscriber, filter) = (new object(), FilterOf(random, 2));
                standing.Add(subscriber, filter);
                index.Add(filter, subscriber);
            }
            else
            {
                var (subscriber, filter) = standing.ElementAt(random.Next(standing.Count));
                standing.Remove(subscriber);
                index.Remove(filter, subscriber);
            }

            var record = new Record(schema, [(long)round, s_words[random.Next(s_words.Length)], Maybe(random, (decimal)random.Next(10)), Maybe(random, (long)random.Next(10)), s_words[random.Next(s_words.Length)], null, null]);
            var expected = standing.Where(s => FilterEvaluator.Holds(s.Value, record)).Select(s => s.Key).ToHashSet();
            var matches = index.Matches(record);
            Assert.True(expected.SetEquals(matches) && matches.Count == expected.Count, $"seed {seed}, round {round}");
        }

        Assert.Equal(standing.Count, index.Count);
    }

    private static object? Maybe(Random random, object value) => random.Next(5) == 0 ? null : value;

    private static Filter FilterOf(Random random, int depth) => random.Next(depth > 0 ? 9 : 6) switch
    {
        0 => Filter.Eq("stock", Maybe(random, (long)random.Next(10))),
        1 => new Filter.In("stock", [(long)random.Next(10), (long)random.Next(10), Maybe(random, 3L)]),
        2 => new Filter.Match("name", MatchOperator.StartsWith, s_words[random.Next(s_words.Length)], random.Next(2) == 0),
        3 => new Filter.Compare("price", (CompareOperator)random.Next(2, 6), Maybe(random, (decimal)random.Next(10))),
        4 => new Filter.Compare("stock", (CompareOperator)random.Next(2, 6), (long)random.Next(10)) & new Filter.Compare("stock", (CompareOperator)random.Next(2, 6), (long)random.Next(10)),
        5 => new Filter.Match("note", MatchOperator.Contains, s_words[random.Next(s_words.Length)]),
        6 => FilterOf(random, depth - 1) & FilterOf(random, depth - 1),
        7 => FilterOf(random, depth - 1) | FilterOf(random, depth - 1),
        _ => new Filter.Not(FilterOf(random, depth - 1)),
    };
}
