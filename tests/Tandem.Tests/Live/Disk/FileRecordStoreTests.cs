using Tandem.Live;
using Tandem.Live.Disk;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Live.Disk;

public sealed class FileRecordStoreTests : IAsyncDisposable
{
    private static readonly WriteContext s_ann = new("Ann");
    private readonly TempFolder _folder = new();
    private readonly MemoryDatabase _database = Shop.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder.Path, "pairs.cache");

    private ITable Pairs => _database.Find("pairs")!;

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Table_OpenedAgain_CatchesUpFromItsCursorInsteadOfLoading()
    {
        await AddAsync(1, "one");
        await AddAsync(2, "two");
        await using (var first = await OpenAsync(Pairs))
        {
            await first.WriteAsync(new Write.Update(new RecordKey("a", 1L), Patch.Of("label", "changed"), Guard.None, s_ann), Token);
            await HeardAsync(first);
        }

        await AddAsync(3, "while away");
        await Pairs.WriteAsync(new Write.Delete(new RecordKey("a", 2L), Guard.None, s_ann), Token);
        var source = new CountingTable(Pairs);
        await using var second = await OpenAsync(source, reconcile: false);

        Assert.Equal((0, 0), (source.Scans, source.Reads));
        Assert.Equal(["changed", "while away"], (await second.QueryAsync(new(), Token)).Records.Select(r => (string)r["label"]!));
    }

    [Fact]
    public async Task Table_OpenedAgain_FindsWhatOtherProgramsWroteMeanwhile()
    {
        await AddAsync(1, "one");
        await using (await OpenAsync(Pairs))
        {
            // Kept by being opened.
        }

        // A source whose journal says nothing of what happened stands for a program that writes without one.
        await using var others = Shop.InMemory();
        await others.Find("pairs")!.WriteAsync(Insert(1, "unheard"), Token);
        await using var again = await LiveTable.OpenAsync(others.Find("pairs")!, Options(reconcile: true), Token);
        var found = new TaskCompletionSource<Reconciliation>(TaskCreationOptions.RunContinuationsAsynchronously);
        again.Reconciled += r => found.TrySetResult(r);
        await using var fields = again.WatchFieldsAsync(new RecordKey("a", 1L), ["label"], Token).GetAsyncEnumerator(Token);
        do
        {
            Assert.True(await fields.MoveNextAsync());
        }
        while (fields.Current.Values["label"] is not "unheard");
    }

    [Fact]
    public async Task File_CutShort_GivesWhatCameBeforeTheCut()
    {
        await AddAsync(1, "one");
        await using (var first = await OpenAsync(Pairs))
        {
            await AddAsync(2, "two");
            await HeardAsync(first);
        }

        await using (var cut = new FileStream(File, FileMode.Open))
        {
            cut.SetLength(cut.Length - 3);
        }

        var source = new CountingTable(Pairs);
        await using var second = await OpenAsync(source, reconcile: false);
        Assert.Equal(0, source.Scans);
        Assert.Equal(2, second.Count);
    }

    [Fact]
    public async Task File_OfAnotherShapeOfTheTable_IsNotUsed()
    {
        await AddAsync(1, "one");
        await using (await OpenAsync(Pairs))
        {
            // Kept by being opened.
        }

        await using var other = new MemoryDatabase();
        var table = other.Add(new TableSchema("pairs", [new Field("area", FieldType.Text), new Field("number", FieldType.Integer)], ["area", "number"]));
        await using var second = await LiveTable.OpenAsync(table, Options(reconcile: false), Token);
        Assert.Equal(0, second.Count);
    }

    [Fact]
    public async Task Cursor_NoLongerKept_LeadsToAFreshLoad()
    {
        await AddAsync(1, "one");
        await using (await OpenAsync(Pairs))
        {
            // Kept by being opened.
        }

        await AddAsync(2, "two");
        await AddAsync(3, "three");
        await _database.TrimJournalAsync(new() { Entries = 1 }, Token);
        var source = new CountingTable(Pairs);
        await using var second = await OpenAsync(source, reconcile: false);
        Assert.Equal((1, 3), (source.Scans, second.Count));
    }

    [Fact]
    public async Task EveryKindOfValue_ComesBackAsItWas()
    {
        var kinds = _database.Find("kinds")!;
        var random = new RandomRecords(Random.Shared.Next());
        for (var id = 1L; id <= 50; id++)
        {
            Patch values = new([.. random.Fields(kinds.Schema).Select(f => KeyValuePair.Create(f.Field, f.Value)), new("id", id)]);
            Assert.IsType<WriteResult.Written>(await kinds.WriteAsync(new Write.Insert(values, s_ann), Token));
        }

        await using (await LiveTable.OpenAsync(kinds, Options(reconcile: false), Token))
        {
            // Kept by being opened.
        }

        await using var again = await LiveTable.OpenAsync(new CountingTable(kinds), Options(reconcile: false), Token);
        foreach (var record in (await kinds.QueryAsync(new() { First = 100 }, Token)).Records)
        {
            Assert.True(record.DifferencesTo((await again.GetAsync(record.Key, Token))!).IsEmpty, $"{record}");
        }
    }

    [Fact]
    public async Task ManySteps_AreWrittenAnewBesideAndTakeTheFilesPlace()
    {
        await AddAsync(1, "one");
        var big = new string('x', 200_000);
        await using (var first = await OpenAsync(Pairs))
        {
            for (var i = 0; i < 20; i++)
            {
                await Pairs.WriteAsync(new Write.Update(new RecordKey("a", 1L), Patch.Of("label", big + i), Guard.None, s_ann), Token);
                await HeardAsync(first);
            }
        }

        Assert.InRange(new FileInfo(File).Length, 1, 3_000_000);
        await using var second = await OpenAsync(new CountingTable(Pairs), reconcile: false);
        Assert.Equal(big + 19, (await second.GetAsync(new RecordKey("a", 1L), Token))!["label"]);
    }

    private static async Task HeardAsync(LiveTable table)
    {
        await using var stream = table.Follow();
        await stream.SyncAsync(Token);
    }

    private static Write.Insert Insert(long number, string label) => new(new Patch([new("area", "a"), new("number", number), new("label", label)]), s_ann);

    private LiveTableOptions Options(bool reconcile) => new() { Mode = LiveTableMode.Full, Store = new FileRecordStore(File), ReconcileOnStart = reconcile };

    private Task<LiveTable> OpenAsync(ITable source, bool reconcile = true) => LiveTable.OpenAsync(source, Options(reconcile), Token);

    private async Task AddAsync(long number, string label) => Assert.IsType<WriteResult.Written>(await Pairs.WriteAsync(Insert(number, label), Token));
}
