using Tandem.Changes;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>Scans, and how much of the journal is kept.</content>
public abstract partial class TableSpecification
{
    [Fact]
    public async Task Scan_BringsEveryRecordOnceInBatches()
    {
        var pairs = await TableAsync("pairs");
        var expected = Enumerable.Range(0, 2_300).Select(i => new RecordKey("a", (long)i)).ToHashSet();
        Assert.True((await pairs.WriteAllAsync([.. expected.Select(k => new Write.Insert(Set(("area", "a"), ("number", k.Values[1]), ("label", "x"), ("weight", 0.5)), Ann))], Token)).IsCommitted);
        List<Record> all = [];
        var batches = 0;
        await foreach (var batch in pairs.ScanAsync(null, Token))
        {
            Assert.NotEmpty(batch);
            all.AddRange(batch);
            batches++;
        }

        Assert.True(batches > 1);
        Assert.Equal(expected.Count, all.Count);
        Assert.True(expected.SetEquals(all.Select(r => r.Key)));
        Assert.All(all, r => Assert.Equal(("x", 0.5), (r["label"], r["weight"])));
        await foreach (var batch in (await TableAsync("kinds")).ScanAsync(null, Token))
        {
            Assert.Fail($"an empty table brought {batch.Count} records");
        }
    }

    [Fact]
    public async Task Scan_OfSomeFields_BringsThemAndTheKeyAlone()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("price", 3m));

        List<Record> all = [];
        await foreach (var batch in goods.ScanAsync(["price"], Token))
        {
            all.AddRange(batch);
        }

        var only = Assert.Single(all);
        Assert.Equal(["id", "price"], only.Schema.Fields.Select(f => f.Name));
        Assert.Equal((rye.Key, 3m), (only.Key, only["price"]));
    }

    [Fact]
    public async Task Scan_LeftEarlyOrBesideWrites_StandsInNobodysWay()
    {
        var goods = await TableAsync("goods");
        Assert.True((await goods.WriteAllAsync([.. Enumerable.Range(0, 1_500).Select(i => new Write.Insert(Set(("name", $"good {i}")), Ann))], Token)).IsCommitted);
        for (var i = 0; i < 8; i++)
        {
            var seen = 0;
            await foreach (var batch in goods.ScanAsync(["name"], Token))
            {
                seen += batch.Count;
                await AddAsync(goods, ("name", $"beside {i} {seen}"));
                if (i % 2 == 0)
                {
                    break;
                }
            }

            Assert.InRange(seen, 1, 1_520);
        }

        Assert.True(await goods.CountAsync(Querying.Filter.All, Token) > 1_500);
    }

    [Fact]
    public async Task Journal_Trimmed_KeepsTheNewestAndTellsReadersWhoCameTooLate()
    {
        var pairs = Database.Find("pairs")!;
        var start = Database.Feed.Current;
        await using var reader = new ChangeCollector(t => Database.Feed.ReadAsync(null, t));
        var sequences = await WriteAsync(pairs, 40);
        var seen = await reader.CountAsync(40, "all writes");

        // Where other databases of the server have transactions open, entries that those might still have to pass are kept for now.
        var removed = 0L;
        while (removed < 30)
        {
            removed += await Database.TrimJournalAsync(new JournalRetention { Entries = 10 }, Token);
            await Task.Yield();
        }

        Assert.Equal(30, removed);
        Assert.Equal(sequences.Skip(30).Reverse(), (await Database.HistoryAsync("pairs", null, 100, Token)).Select(c => c.Sequence));
        await Assert.ThrowsAsync<CursorExpiredException>(() => Database.Feed.MissedAsync(start, 100, Token));
        await Assert.ThrowsAsync<CursorExpiredException>(async () =>
        {
            await foreach (var batch in Database.Feed.ReadAsync(seen[3].Cursor, Token))
            {
                Assert.Fail($"a cursor behind what is kept brought {batch.Count} changes");
            }
        });
        var next = await WriteAsync(pairs, 1, from: 40);
        seen = await reader.CountAsync(41, "the write after the trim");
        Assert.Equal(next, seen.Skip(40).Select(c => c.Sequence));
        var last = await WriteAsync(pairs, 1, from: 41);
        await reader.CountAsync(42, "the last write");
        Assert.Equal(last, (await Database.Feed.MissedAsync(seen[40].Cursor, 100, Token)).Select(c => c.Sequence));

        Assert.Equal(0, await Database.TrimJournalAsync(new JournalRetention { Age = TimeSpan.FromHours(1) }, Token));
        Assert.Equal(0, await Database.TrimJournalAsync(new JournalRetention(), Token));
    }
}
