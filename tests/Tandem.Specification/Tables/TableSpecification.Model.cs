using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>Random sequences of everything a table can do, beside a model that does the same with a dictionary.</content>
public abstract partial class TableSpecification
{
    public static TheoryData<int> ModelSeeds => [.. Enumerable.Range(0, 3).Select(_ => Random.Shared.Next())];

    [Theory]
    [MemberData(nameof(ModelSeeds))]
    public async Task Table_InAnySequenceOfCalls_AnswersAsTheModelDoes(int seed)
    {
        var random = new Random(seed);
        var table = await TableAsync("pairs");
        var model = new Model(table.Schema);
        List<string> history = [];
        await using var changes = new ChangeCollector(t => table.ChangesAsync(null, t));
        for (var step = 0; step < 120; step++)
        {
            var told = $"seed {seed}, step {step}: {string.Join("; ", history.TakeLast(8))}";
            switch (random.Next(10))
            {
                case < 5:
                    var write = WriteOf(random, model);
                    history.Add(write.ToString());
                    AssertAsModel(model.Apply(write), await table.WriteAsync(write, Token), told + write);
                    break;
                case 5:
                    Write[] batch = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => WriteOf(random, model)).DistinctBy(KeyOf)];
                    history.Add("batch " + string.Join(", ", batch.Select(w => w.ToString())));
                    var tried = model.Copy();
                    var expected = batch.Select(tried.Apply).ToList();
                    var isCommitted = expected.TrueForAll(e => e is Model.Outcome.Written or Model.Outcome.Unchanged);
                    var result = await table.WriteAllAsync(batch, Token);
                    Assert.True(isCommitted == result.IsCommitted, told);
                    model = isCommitted ? tried : model;
                    break;
                case 6:
                    var key = KeyOf(random);
                    Assert.True(model.Same(key, await table.GetAsync(key, Token)), told);
                    break;
                case 7:
                    RecordKey[] keys = [.. Enumerable.Range(0, 5).Select(_ => KeyOf(random)).Distinct()];
                    var many = await table.GetManyAsync(keys, random.Next(2) == 0 ? null : ["label"], Token);
                    Assert.True(keys.Where(model.Records.ContainsKey).ToHashSet().SetEquals(many.Select(r => r.Key)), told);
                    Assert.All(many, r => Assert.True(Values.Same(model.Records[r.Key]["label"], r["label"]), told));
                    break;
                case 8:
                    var filter = FilterOf(random);
                    var page = await table.QueryAsync(new Query { Filter = filter, First = 100 }, Token);
                    Assert.True(model.Where(filter).SetEquals(page.Records.Select(r => r.Key)), told);
                    Assert.Equal(page.Records.Count, await table.CountAsync(filter, Token));
                    break;
                default:
                    List<RecordKey> scanned = [];
                    await foreach (var some in table.ScanAsync(null, Token))
                    {
                        scanned.AddRange(some.Select(r => r.Key));
                    }

                    Assert.True(scanned.Count == model.Records.Count && scanned.ToHashSet().SetEquals(model.Records.Keys), told);
                    break;
            }
        }

        await changes.CountAsync(model.Written, $"every change of seed {seed}");
        Replay.AssertEqual(Replay.Onto(table.Schema, [], changes.Seen), [.. model.Records.Values]);
    }

    private static void AssertAsModel(Model.Outcome expected, WriteResult result, string told) => Assert.True(
        expected switch
        {
            Model.Outcome.Written => result is WriteResult.Written { Change: not null },
            Model.Outcome.Unchanged => result is WriteResult.Written { Change: null },
            Model.Outcome.Missing => result is WriteResult.Missing,
            Model.Outcome.Conflicted => result is WriteResult.Conflicted,
            _ => result is WriteResult.Rejected,
        },
        $"{told}: expected {expected}, got {result}");

    private static RecordKey KeyOf(Write write) => write switch
    {
        Write.Update update => update.Key,
        Write.Delete delete => delete.Key,
        Write.Insert insert => new RecordKey(insert.Values["area"], insert.Values["number"]),
        _ => throw new ArgumentException("Unknown write.", nameof(write)),
    };

    private static RecordKey KeyOf(Random random) => new("ab"[random.Next(2)].ToString(), (long)random.Next(6));

    private static Filter FilterOf(Random random) => random.Next(4) switch
    {
        0 => Filter.All,
        1 => Filter.Eq("label", random.Next(3) == 0 ? null : "x"),
        2 => new Filter.Compare("weight", CompareOperator.GreaterOrEqual, 1.5),
        _ => new Filter.Not(Filter.Eq("area", "a")),
    };

    private static Write WriteOf(Random random, Model model)
    {
        var key = KeyOf(random);
        Patch set = new(random.Next(3) switch
        {
            0 => [new("label", random.Next(4) == 0 ? null : "xyz"[random.Next(3)].ToString())],
            1 => [new("weight", random.Next(4) * 0.5)],
            _ => [new("label", "x"), new("weight", null)],
        });
        var known = model.Records.GetValueOrDefault(key);
        var guard = random.Next(3) switch
        {
            0 => Guard.None,
            1 when known is not null => new Guard(known.ToPatch().Only([.. set.Keys])),
            _ => new Guard(Patch.Of(set.Keys.First(), set.Keys.First() == "label" ? "old" : 9.5)),
        };
        return random.Next(4) switch
        {
            0 => new Write.Insert(new Patch([new("area", key.Values[0]), new("number", key.Values[1]), .. set]), Ann),
            1 => new Write.Delete(key, random.Next(2) == 0 ? Guard.None : guard, Bob),
            _ => new Write.Update(key, set, guard, Ann),
        };
    }
}
