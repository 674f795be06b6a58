using Tandem.Changes;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests;

/// <summary>Sixteen writers at once over every way to write, foreign transactions in between, and readers that begin anywhere.</summary>
internal static class WriterStorm
{
    private const int Writers = 16;
    private const int Rounds = 130;
    private const int Records = 4;
    private static readonly RecordKey s_end = new(1_000_000L);

    public static string Script { get; } = $"""
        CREATE TABLE sheet (id INTEGER NOT NULL PRIMARY KEY, shared INTEGER NOT NULL DEFAULT 0, {string.Join(", ", Enumerable.Range(0, Writers).Select(w => $"own{w} INTEGER NOT NULL DEFAULT 0"))});
        CREATE TABLE coming (id INTEGER NOT NULL PRIMARY KEY, number INTEGER);
        CREATE TABLE aside (id INTEGER NOT NULL PRIMARY KEY, number INTEGER);
        INSERT INTO sheet (id) VALUES (0), (1), (2), (3);
        """;

    /// <param name="database">Where the storm rages.</param>
    /// <param name="foreign">Another program's transaction, begun, held and rolled back or committed, time after time until told to stop.</param>
    /// <param name="token">Ends everything.</param>
    public static async Task RunAsync(IDatabase database, Func<CancellationToken, Task> foreign, CancellationToken token)
    {
        var (sheet, coming) = (database.Find("sheet")!, database.Find("coming")!);
        var startOfSheet = (await sheet.QueryAsync(new(), token)).Records;
        var from = database.Feed.Current;
        await using var steady = new ChangeCollector(t => database.Feed.ReadAsync(from, t));
        using var calm = CancellationTokenSource.CreateLinkedTokenSource(token);
        var others = foreign(calm.Token);
        var restarting = Task.Run(() => RestartAsync(database.Feed, from, token), token);

        var seed = Random.Shared.Next();
        var told = await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(() => WriteAsync(database, sheet, coming, w, new Random(seed + w), token), token)));
        await calm.CancelAsync();
        await others.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Every acknowledged write is told exactly once, and for each record in the order of its numbers.
        var acknowledged = told.SelectMany(t => t.Sequences).Order().ToList();
        Assert.Equal(acknowledged.Count, acknowledged.Distinct().Count());
        bool IsStorm(Change c) => c.Table is "sheet" or "coming";
        var seen = (await steady.UntilAsync(s => s.Count(IsStorm) >= acknowledged.Count, $"{acknowledged.Count} changes (seed {seed})")).Where(IsStorm).ToList();
        Assert.Equal(acknowledged, seen.Select(c => c.Sequence).Order());
        foreach (var record in seen.GroupBy(c => (c.Table, c.Key)))
        {
            Assert.Equal(record.Select(c => c.Sequence).Order(), record.Select(c => c.Sequence));
        }

        // The reader that began again and again at what it last saw has seen the same.
        await database.Find("aside")!.WriteAsync(new Write.Insert(Patch.Of("id", s_end.Values[0]), new WriteContext("the end")), token);
        var restarted = await restarting.WaitAsync(TimeSpan.FromSeconds(30), token);
        Assert.Equal(acknowledged, restarted.Where(IsStorm).Select(c => c.Sequence).Order());
        Assert.All(restarted.Where(IsStorm).GroupBy(c => (c.Table, c.Key)), r => Assert.Equal(r.Select(c => c.Sequence).Order(), r.Select(c => c.Sequence)));

        // What the journal keeps, whoever wrote it and however long that took, is what was told: each entry once, from the start and from anywhere.
        var kept = (await database.HistoryAsync(null, null, int.MaxValue, token)).Select(c => c.Sequence).Where(s => s > seen.Min(c => c.Sequence)).Order().ToList();
        var all = (await steady.UntilAsync(s => kept.ToHashSet().IsSubsetOf(s.Select(c => c.Sequence)), $"all {kept.Count} entries (seed {seed})", token)).ToList();
        Assert.Equal(all.Count, all.Select(c => c.Sequence).Distinct().Count());
        var anywhere = new Random(seed);
        for (var i = 0; i < 8; i++)
        {
            var at = anywhere.Next(all.Count - 1);
            var wanted = all.Skip(at + 1).Select(c => c.Sequence).ToHashSet();
            await using var later = new ChangeCollector(t => database.Feed.ReadAsync(all[at].Cursor, t));
            var rest = await later.UntilAsync(s => wanted.IsSubsetOf(s.Select(c => c.Sequence)), $"the {wanted.Count} changes after change {at} (seed {seed})", token);
            // What another program did last may be journalled only now; nothing else comes, and nothing twice.
            Assert.Equal(rest.Count, rest.Select(c => c.Sequence).Distinct().Count());
            Assert.All(rest.Where(c => !wanted.Contains(c.Sequence)), c => Assert.True(c.Sequence > wanted.Max(), ChangeCollector.Describe(c)));
            Assert.All(rest.Where(IsStorm).GroupBy(c => (c.Table, c.Key)), r => Assert.Equal(r.Select(c => c.Sequence).Order(), r.Select(c => c.Sequence)));
        }

        // Nothing acknowledged is lost: own fields count their writer's saves, the shared field everyone's.
        var stored = (await sheet.QueryAsync(new(), token)).Records;
        Assert.Equal(told.Sum(t => t.Shared), stored.Sum(r => (long)r["shared"]!));
        for (var w = 0; w < Writers; w++)
        {
            Assert.Equal(told[w].Own, stored.Sum(r => (long)r[$"own{w}"]!));
        }

        Assert.True(told.Sum(t => t.Conflicts) > 0, "nobody ever met: the storm proves nothing");
        Assert.True(told.Sum(t => t.Rounds) >= 2_000);
        Replay.AssertEqual(Replay.Onto(sheet.Schema, startOfSheet, seen), stored);
        Replay.AssertEqual(Replay.Onto(coming.Schema, [], seen), (await coming.QueryAsync(new() { First = 1000 }, token)).Records);
    }

    private sealed record Told(List<long> Sequences, long Own, long Shared, int Conflicts, int Rounds);

    private static async Task<Told> WriteAsync(IDatabase database, ITable sheet, ITable coming, int writer, Random random, CancellationToken token)
    {
        var by = new WriteContext($"writer {writer}");
        var own = $"own{writer}";
        List<long> sequences = [];
        var (ownSaves, sharedSaves, conflicts) = (0L, 0L, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var key = new RecordKey((long)random.Next(Records));
            switch (random.Next(5))
            {
                case 0:
                    // A guarded save of a field that is this writer's alone: others' saves of the same record never stand in its way.
                    var mine = (long)(await sheet.GetAsync(key, token))![own]!;
                    var saved = Assert.IsType<WriteResult.Written>(await PatientlyAsync(() => sheet.WriteAsync(new Write.Update(key, Patch.Of(own, mine + 1), new Guard(Patch.Of(own, mine)), by), token)));
                    sequences.Add(saved.Change!.Sequence);
                    ownSaves++;
                    break;
                case 1:
                    // A person's save of the field that all fight for: told of the conflict, they look and try again.
                    for (var done = false; !done;)
                    {
                        var basis = (long)(await sheet.GetAsync(key, token))!["shared"]!;
                        var write = new Write.Update(key, Patch.Of("shared", basis + 1), new Guard(Patch.Of("shared", basis)) { AllowSettled = false }, by);
                        switch (await PatientlyAsync(() => sheet.WriteAsync(write, token)))
                        {
                            case WriteResult.Written written:
                                sequences.Add(written.Change!.Sequence);
                                sharedSaves++;
                                done = true;
                                break;
                            case WriteResult.Conflicted conflicted:
                                Assert.Equal(["shared"], conflicted.Fields);
                                conflicts++;
                                break;
                            case var other:
                                Assert.Fail($"A save was answered with {other}.");
                                break;
                        }
                    }

                    break;
                case 2:
                    // An unguarded patch, through the same door as forms.
                    var current = (long)(await sheet.GetAsync(key, token))![own]!;
                    var result = await PatientlyAsync(() => RecordSaver.SaveAsync(database, sheet, key, Patch.Of(own, current + 1), Patch.Empty, by, token));
                    Assert.IsType<SaveResult.Saved>(result);
                    ownSaves++;
                    sequences.Add((await database.HistoryAsync("sheet", key, 50, token)).First(c => c.Actor == by.Actor && c.After.ContainsKey(own)).Sequence);
                    break;
                case 3:
                    // Two records at once; every other time with a third that is not there, so that all is taken back.
                    RecordKey[] both = [key, new RecordKey(((long)key.Values[0]! + 1) % Records)];
                    var counts = await Task.WhenAll(both.Select(async k => (long)(await sheet.GetAsync(k, token))![own]!));
                    var batch = both.Select((k, i) => (Write)new Write.Update(k, Patch.Of(own, counts[i] + 1), new Guard(Patch.Of(own, counts[i])), by) { Id = Guid.NewGuid() }).ToList();
                    if (random.Next(2) == 0)
                    {
                        batch.Insert(1, new Write.Update(new RecordKey(99L), Patch.Of(own, 1L), Guard.None, by));
                    }

                    var outcome = await PatientlyAsync(() => sheet.WriteAllAsync(batch, token));
                    Assert.Equal(batch.Count == 2, outcome.IsCommitted);
                    if (outcome.IsCommitted)
                    {
                        sequences.AddRange(outcome.Results.Select(r => ((WriteResult.Written)r).Change!.Sequence));
                        ownSaves += 2;
                    }

                    break;
                default:
                    var fleeting = (long)random.Next(6);
                    Write comeOrGo = random.Next(2) == 0
                        ? new Write.Insert(new Patch([new("id", fleeting), new("number", (long)round)]), by)
                        : new Write.Delete(new RecordKey(fleeting), Guard.None, by);
                    if (await PatientlyAsync(() => coming.WriteAsync(comeOrGo, token)) is WriteResult.Written { Change: { } change })
                    {
                        sequences.Add(change.Sequence);
                    }

                    break;
            }
        }

        return new Told(sequences, ownSaves, sharedSaves, conflicts, Rounds);
    }

    /// <summary>Reads a feed a few changes at a time, beginning again each time at a cursor it was given, until the change that ends the storm.</summary>
    private static async Task<List<Change>> RestartAsync(IChangeFeed feed, Cursor from, CancellationToken token)
    {
        List<Change> seen = [];
        var random = new Random(5);
        while (true)
        {
            await foreach (var batch in feed.ReadAsync(from, token))
            {
                // Leaves in the middle of a batch too.
                var taken = batch.Take(random.Next(1, batch.Count + 1)).ToList();
                seen.AddRange(taken);
                from = taken[^1].Cursor;
                if (taken.Exists(IsEnd))
                {
                    return seen;
                }

                if (taken.Count < batch.Count || random.Next(4) == 0)
                {
                    break;
                }
            }
        }
    }

    private static bool IsEnd(Change change) => change.Table == "aside" && change.Key.Equals(s_end);

    /// <summary>A writer told that the database is busy (nothing was written then) tries again, as a person would.</summary>
    private static async Task<T> PatientlyAsync<T>(Func<Task<T>> write)
    {
        const int Tries = 10;
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await write();
            }
            catch (DatabaseUnavailableException) when (tried < Tries)
            {
                // Another program held the file all the while.
            }
        }
    }
}
