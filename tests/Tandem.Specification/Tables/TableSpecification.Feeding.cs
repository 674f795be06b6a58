using Tandem.Changes;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>The feed: each change once, in order, from any cursor.</content>
public abstract partial class TableSpecification
{
    [Fact]
    public async Task Feed_FromNow_BringsEachChangeOnceInOrder()
    {
        var pairs = await TableAsync("pairs");
        await AddAsync(pairs, ("area", "before"), ("number", 0L));
        await using var reader = new ChangeCollector(t => pairs.ChangesAsync(null, t));

        var sequences = await WriteAsync(pairs, 30);

        var seen = await reader.UntilAsync(c => c.Any(x => x.Sequence == sequences[^1]), "the last change");
        Assert.Equal(sequences, seen.Where(c => c.Sequence >= sequences[0]).Select(c => c.Sequence));
        Assert.All(seen, c => Assert.Equal(("pairs", "Ann"), (c.Table, c.Actor)));
    }

    [Fact]
    public async Task Feed_OfATable_IsSilentAboutOthers()
    {
        var (pairs, goods) = (await TableAsync("pairs"), await TableAsync("goods"));
        await using var reader = new ChangeCollector(t => pairs.ChangesAsync(null, t));

        await AddAsync(goods, ("name", "Rye"));
        await AddAsync(pairs, ("area", "a"), ("number", 1L));

        Assert.Equal("pairs", Assert.Single(await reader.CountAsync(1, "the pair")).Table);
    }

    [Fact]
    public async Task Feed_ResumedFromEveryCursorSeen_BringsExactlyTheRest()
    {
        var pairs = Database.Find("pairs")!;
        var start = Database.Feed.Current;
        await using var first = new ChangeCollector(t => Database.Feed.ReadAsync(null, t));
        var sequences = await WriteAsync(pairs, 25);
        var seen = await first.CountAsync(25, "all writes");
        Assert.Equal(sequences, seen.Select(c => c.Sequence));

        for (var i = -1; i < seen.Count - 1; i += 3)
        {
            var cursor = i < 0 ? start : seen[i].Cursor;
            await using var later = new ChangeCollector(t => Database.Feed.ReadAsync(cursor, t));
            var rest = await later.CountAsync(seen.Count - 1 - i, $"the rest after change {i}");
            Assert.Equal(sequences.Skip(i + 1), rest.Select(c => c.Sequence));
        }

        await using var last = new ChangeCollector(t => Database.Feed.ReadAsync(seen[^1].Cursor, t));
        var next = await WriteAsync(pairs, 1, from: 25);
        Assert.Equal(next, (await last.CountAsync(1, "the next write")).Select(c => c.Sequence));
    }

    [Fact]
    public async Task Feed_ReadAgain_TellsTheSameAsAtFirst()
    {
        var kinds = Database.Find("kinds")!;
        var start = Database.Feed.Current;
        await using var first = new ChangeCollector(t => Database.Feed.ReadAsync(null, t));
        var random = new RandomRecords(7);
        for (var i = 0L; i < 10; i++)
        {
            await AddAsync(kinds, [("id", i), .. random.Fields(kinds.Schema)]);
            await UpdateAsync(kinds, new RecordKey(i), Set(random.Fields(kinds.Schema)));
        }

        var live = await first.UntilAsync(c => c.Count(x => x.Kind == ChangeKind.Insert) == 10, "ten records");
        await using var again = new ChangeCollector(t => Database.Feed.ReadAsync(start, t));
        var replayed = await again.CountAsync(live.Count, "the same again");
        foreach (var (a, b) in live.Zip(replayed))
        {
            Assert.Equal((a.Sequence, a.Actor, a.Operation, a.Table, a.Key, a.Kind), (b.Sequence, b.Actor, b.Operation, b.Table, b.Key, b.Kind));
            foreach (var (x, y) in new[] { (a.Before, b.Before), (a.After, b.After) })
            {
                Assert.Equal(x.Keys.Order(), y.Keys.Order());
                Assert.All(x, v => Assert.True(Values.Same(kinds.Schema[v.Key], v.Value, y[v.Key]) || v.Value is Blob, $"{v.Key}: {v.Value} and {y[v.Key]}"));
            }
        }
    }

    [Fact]
    public async Task Feed_OfManyReaders_IsTheSameForAllEvenTheSlowest()
    {
        var pairs = Database.Find("pairs")!;
        await using var slow = Database.Feed.ReadAsync(null, Token).GetAsyncEnumerator(Token);
        var readers = Enumerable.Range(0, 5).Select(_ => new ChangeCollector(t => Database.Feed.ReadAsync(null, t))).ToList();

        // More batches than any reader's short memory: the slow one must go back to the journal.
        var sequences = await WriteAsync(pairs, 300);

        foreach (var reader in readers)
        {
            Assert.Equal(sequences, (await reader.CountAsync(300, "all writes")).Select(c => c.Sequence));
            await reader.DisposeAsync();
        }

        List<long> late = [];
        while (late.Count < 300 && await slow.MoveNextAsync())
        {
            late.AddRange(slow.Current.Select(c => c.Sequence));
        }

        Assert.Equal(sequences, late);
    }

    [Fact]
    public async Task Feed_FromAnUnknownCursor_SaysSo()
    {
        foreach (var text in new[] { "nonsense", "999999999999", "" })
        {
            await Assert.ThrowsAsync<CursorExpiredException>(async () =>
            {
                await foreach (var batch in Database.Feed.ReadAsync(new Cursor(text), Token))
                {
                    Assert.Fail($"'{text}' brought {batch.Count} changes");
                }
            });
        }
    }

    [Fact]
    public async Task Feed_OfWhatWasRefused_IsSilent()
    {
        var goods = await TableAsync("goods");
        await using var reader = new ChangeCollector(t => Database.Feed.ReadAsync(null, t));
        var rye = await AddAsync(goods, ("name", "Rye"));

        await UpdateAsync(goods, rye.Key, Set(("price", -1m)));
        await UpdateAsync(goods, rye.Key, Set(("price", 1m)), Set(("price", 2m)));
        await UpdateAsync(goods, rye.Key, Set(("name", "Rye")));
        await goods.WriteAsync(new Write.Insert(Set(("name", "Rye")), Ann), Token);
        await goods.WriteAsync(new Write.Delete(rye.Key, Guard.None, Ann), Token);

        Assert.Equal([ChangeKind.Insert, ChangeKind.Delete], (await reader.UntilAsync(c => c.Any(x => x.Kind == ChangeKind.Delete), "the delete")).Select(c => c.Kind));
    }

    [Fact]
    public async Task Journal_ReplayedOntoNothing_GivesTheData()
    {
        var pairs = await TableAsync("pairs");
        var random = new RandomRecords(Random.Shared.Next());
        await using var reader = new ChangeCollector(t => Database.Feed.ReadAsync(null, t));
        var writes = 0;
        for (var i = 0; i < 120; i++)
        {
            var key = new RecordKey("a", (long)random.Next(0, 10));
            var result = await pairs.WriteAsync(random.Next(0, 3) switch
            {
                0 => new Write.Insert(Set([("area", "a"), ("number", key.Values[1]), .. random.Fields(pairs.Schema)]), Ann),
                1 => new Write.Update(key, Set(random.Fields(pairs.Schema)), Guard.None, Ann),
                _ => new Write.Delete(key, Guard.None, Ann),
            }, Token);
            writes += result is WriteResult.Written { Change: not null } ? 1 : 0;
        }

        var replayed = Replay.Onto(pairs.Schema, [], await reader.CountAsync(writes, "every write"));
        Replay.AssertEqual(replayed, (await pairs.QueryAsync(new() { First = 1000 }, Token)).Records);
    }

    private static async Task<List<long>> WriteAsync(ITable pairs, int count, long from = 0)
    {
        List<long> sequences = [];
        for (var i = from; i < from + count; i++)
        {
            var result = await pairs.WriteAsync(new Write.Insert(Set(("area", "a"), ("number", i)), Ann), Token);
            sequences.Add(Assert.IsType<WriteResult.Written>(result).Change!.Sequence);
        }

        return sequences;
    }
}
