using Tandem.Activating;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Specification.Clocks;
using Tandem.Tables;
using Xunit;

namespace Tandem.Specification.Activating;

/// <summary>What must hold of records that time makes active and inactive, on every database.</summary>
public abstract class ActivationSpecification : IAsyncDisposable
{
    protected const string Sqlite = """
        CREATE TABLE offers (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name <> 'stuck' OR is_active = 0), is_active BOOLEAN NOT NULL DEFAULT 0, is_wanted BOOLEAN,
            valid_from TIMESTAMPTZ, valid_until TIMESTAMPTZ, last_day DATE, hours TEXT);
        """;

    protected const string PostgreSql = """
        CREATE TABLE offers (id bigint PRIMARY KEY, name text NOT NULL CHECK (name <> 'stuck' OR NOT is_active), is_active boolean NOT NULL DEFAULT false, is_wanted boolean,
            valid_from timestamptz, valid_until timestamptz, last_day date, hours text);
        """;

    private static readonly WriteContext s_ann = new("Ann");
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private readonly List<IAsyncDisposable> _open = [];
    private readonly List<string> _faults = [];

    protected FakeClock Clock { get; } = new();

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens a node's database; the tables of all nodes are the same ones.</summary>
    protected abstract Task<IDatabase> OpenAsync(TandemOptions options);

    /// <summary>Writes as a program that knows nothing of Tandem.</summary>
    protected abstract Task ElsewhereAsync(string sql);

    [Fact]
    public async Task Time_BeginAndEndOfAWindow_TurnTheRecordAndAreJournalled()
    {
        var (database, table) = await StartAsync(o => o.Activatable("offers", "is_active", from: "valid_from", until: "valid_until"));
        await AddAsync(table, 1, ("valid_from", At(s_hour)), ("valid_until", At(2 * s_hour)));

        await TurnsAsync(database, 1, true, () => Advance(s_hour));
        await TurnsAsync(database, 1, false, () => Advance(s_hour));

        var history = await table.HistoryAsync(new RecordKey(1L), 10, Token);
        Assert.Equal([(Actors.Time, false), (Actors.Time, true), ("Ann", false)], history.Select(c => (c.Actor, c.After["is_active"] is true)));
    }

    [Fact]
    public async Task Time_TwoNodes_WriteEachTurnOnce()
    {
        void Tell(TandemOptions o) => o.Activatable("offers", "is_active", from: "valid_from", until: "valid_until", mask: "hours");
        var (database, table) = await StartAsync(Tell);
        await StartAsync(Tell);
        for (var id = 1; id <= 30; id++)
        {
            await AddAsync(table, id, id % 2 == 0 ? ("hours", "Fri 13:00-14:00") : ("valid_from", At(s_hour)), ("valid_until", At(2 * s_hour)));
        }

        await TurnsAsync(database, Enumerable.Range(1, 30), true, () => Advance(s_hour));
        await TurnsAsync(database, Enumerable.Range(1, 30), false, () => Advance(s_hour));
        foreach (var keeper in _open.OfType<ActivationKeeper>())
        {
            await keeper.DisposeAsync();
        }

        for (var id = 1L; id <= 30; id++)
        {
            Assert.Equal(["time", "time", "Ann"], (await table.HistoryAsync(new RecordKey(id), 10, Token)).Select(c => c.Actor));
        }
    }

    [Fact]
    public async Task Start_TurnedWhileNobodyWasThere_CatchesUp()
    {
        await ElsewhereAsync("INSERT INTO offers (id, name, is_active, valid_from, valid_until) VALUES (1, 'late', false, '2026-11-20 10:00:00Z', null), (2, 'over', true, null, '2026-11-20 11:59:00Z'), (3, 'on', true, null, '2026-11-21 11:00:00Z')");

        var (database, table) = await StartAsync(o => o.Activatable("offers", "is_active", from: "valid_from", until: "valid_until"), isKept: false);
        await TurnsAsync(database, [1, 2], null, () => KeepAsync(database));

        Assert.Equal([(1L, true), (2L, false), (3L, true)], await StatesAsync(table));
    }

    [Fact]
    public async Task Change_OfWhatItGoesBy_TurnsTheRecordAtOnce()
    {
        var (database, table) = await StartAsync(o => o.Activatable("offers", "is_active", @switch: "is_wanted", until: "valid_until"));
        var stored = await AddAsync(table, 1, ("is_wanted", true));
        Assert.Equal(true, stored["is_active"]);

        await TurnsAsync(database, 1, false, () => Set(table, 1, "is_wanted", false));
        await TurnsAsync(database, 1, true, () => Set(table, 1, "is_wanted", true));
        await TurnsAsync(database, 1, false, () => Set(table, 1, "valid_until", At(-s_hour)));
        // The same turns again are turns all the same.
        await TurnsAsync(database, 1, true, () => Set(table, 1, "valid_until", null));
        await TurnsAsync(database, 1, false, () => Set(table, 1, "valid_until", At(-s_hour)));
        await TurnsAsync(database, 1, true, () => ElsewhereAsync("UPDATE offers SET valid_until = null"));
    }

    [Fact]
    public async Task Insert_WithAWindow_IsRightFromTheFirstMoment()
    {
        var (_, table) = await StartAsync(o => o.Activatable("offers", "is_active", from: "valid_from", until: "last_day", mask: "hours", zone: "Europe/Berlin"), isKept: false);

        Assert.Equal(true, (await AddAsync(table, 1, ("valid_from", At(-s_hour))))["is_active"]);
        Assert.Equal(false, (await AddAsync(table, 2, ("valid_from", At(s_hour))))["is_active"]);
        Assert.Equal(true, (await AddAsync(table, 3, ("last_day", new DateOnly(2026, 11, 20))))["is_active"]);
        Assert.Equal(false, (await AddAsync(table, 4, ("last_day", new DateOnly(2026, 11, 19))))["is_active"]);
        // It is Friday, 13:00 in Berlin.
        Assert.Equal(true, (await AddAsync(table, 5, ("hours", "Fri 13:00-14:00")))["is_active"]);
        Assert.Equal(false, (await AddAsync(table, 6, ("hours", "Fri 12:00-13:00")))["is_active"]);
    }

    [Fact]
    public async Task Time_LastDayAndHours_GoByTheTimeZone()
    {
        var (database, table) = await StartAsync(o => o.Activatable("offers", "is_active", until: "last_day", mask: "hours", zone: "Europe/Berlin"));
        await AddAsync(table, 1, ("last_day", new DateOnly(2026, 11, 20)));
        await AddAsync(table, 2, ("hours", "Sat 00:00-02:00"));

        // Midnight in Berlin comes an hour before it does in UTC.
        Clock.Advance(TimeSpan.FromMinutes(659));
        await TurnsAsync(database, [1, 2], null, () => Advance(TimeSpan.FromMinutes(1)));

        Assert.Equal([(1L, false), (2L, true)], await StatesAsync(table));
    }

    [Fact]
    public async Task Time_ClocksPutBackAtNight_ShowTheHourTwice()
    {
        Clock.Put(new DateTimeOffset(2026, 10, 24, 23, 0, 0, TimeSpan.Zero) - Clock.GetUtcNow());
        var (database, table) = await StartAsync(o => o.Activatable("offers", "is_active", mask: "hours", zone: "Europe/Berlin"));
        await AddAsync(table, 1, ("hours", "Sun 02:15-02:45"));

        List<DateTimeOffset> turns = [];
        foreach (var (minutes, isActive) in new[] { (75, true), (30, false), (30, true), (30, false) })
        {
            await TurnsAsync(database, 1, isActive, () => Advance(TimeSpan.FromMinutes(minutes)));
            turns.Add(Clock.GetUtcNow());
        }

        Assert.Equal(["00:15", "00:45", "01:15", "01:45"], turns.Select(t => t.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Clock_PutForwardAndBack_IsNoticedWithinAMinute()
    {
        var (database, table) = await StartAsync(o => o.Activatable("offers", "is_active", from: "valid_from"));
        await AddAsync(table, 1, ("valid_from", At(24 * s_hour)));

        Clock.Put(25 * s_hour);
        await TurnsAsync(database, 1, true, () => Advance(TimeSpan.FromMinutes(1)));
        Clock.Put(-25 * s_hour);
        await TurnsAsync(database, 1, false, () => Advance(TimeSpan.FromMinutes(1)));
        await TurnsAsync(database, 1, true, () => Put(25 * s_hour), () => Advance(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Mask_ThatCannotBeRead_IsRefusedAndOfOthersNeverActive()
    {
        var (database, table) = await StartAsync(o => o.Activatable("offers", "is_active", from: "valid_from", mask: "hours"));
        var refused = await table.WriteAsync(Insert(1, ("hours", "whenever")), Token);
        var error = Assert.Single(Assert.IsType<WriteResult.Rejected>(refused).Errors);
        Assert.Equal("hours", error.Field);
        Assert.Contains("whenever", error.Message, StringComparison.Ordinal);

        await TurnsAsync(database, 2, false, () => ElsewhereAsync("INSERT INTO offers (id, name, is_active, hours) VALUES (2, 'odd', true, 'whenever'), (3, 'odd', false, 'whenever')"));
        await AddAsync(table, 4, ("valid_from", At(s_hour)));
        await TurnsAsync(database, 4, true, () => Advance(s_hour));

        Assert.Equal([(2L, false), (3L, false), (4L, true)], await StatesAsync(table));
        lock (_faults)
        {
            Assert.Contains("whenever", Assert.Single(_faults), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Record_ThatTheDatabaseRefusesToTurn_IsSaidAndHoldsNoOtherUp()
    {
        var (database, table) = await StartAsync(o => o.Activatable("offers", "is_active", from: "valid_from"));
        await table.WriteAsync(Insert(1, ("name", "stuck"), ("valid_from", At(s_hour))), Token);
        await AddAsync(table, 2, ("valid_from", At(s_hour)));

        await TurnsAsync(database, 2, true, () => Advance(s_hour));

        Assert.Equal([(1L, false), (2L, true)], await StatesAsync(table));
        await KeepersAsync();
        lock (_faults)
        {
            Assert.Contains(_faults, f => f.Contains("Record 1", StringComparison.Ordinal));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var open in Enumerable.Reverse(_open))
        {
            await open.DisposeAsync();
        }

        Close();
        GC.SuppressFinalize(this);
    }

    protected virtual void Close()
    {
    }

    private async Task<(IDatabase, ITable)> StartAsync(Action<TandemOptions> tell, bool isKept = true)
    {
        var options = new TandemOptions { Clock = Clock };
        tell(options);
        var database = await OpenAsync(options);
        _open.Add(database);
        ActivationDeclaration.Check(options.Activatables, database);
        if (isKept)
        {
            await KeepAsync(database);
        }

        return (database, database.Find("offers")!);
    }

    private async Task KeepAsync(IDatabase database) => _open.Add(await ActivationKeeper.StartAsync(
        database,
        Clock,
        e => throw new InvalidOperationException("Keeping was interrupted.", e),
        f =>
        {
            lock (_faults)
            {
                _faults.Add(f);
            }
        },
        Token));

    private async Task KeepersAsync()
    {
        foreach (var keeper in _open.OfType<ActivationKeeper>())
        {
            await keeper.DisposeAsync();
        }
    }

    private DateTimeOffset At(TimeSpan fromNow) => Clock.GetUtcNow() + fromNow;

    private static Write.Insert Insert(long id, params (string Field, object? Value)[] values) =>
        new(new Patch([new("id", id), new("name", "offer"), .. values.Select(v => KeyValuePair.Create(v.Field, v.Value))]), s_ann);

    private static async Task<Record> AddAsync(ITable table, long id, params (string Field, object? Value)[] values) =>
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(Insert(id, values), Token)).Stored;

    private static async Task Set(ITable table, long id, string field, object? value) =>
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Update(new RecordKey(id), Patch.Of(field, value), Guard.None, s_ann), Token));

    private Task Advance(TimeSpan by)
    {
        Clock.Advance(by);
        return Task.CompletedTask;
    }

    private Task Put(TimeSpan by)
    {
        Clock.Put(by);
        return Task.CompletedTask;
    }

    private static Task TurnsAsync(IDatabase database, long id, bool isActive, params Func<Task>[] acts) => TurnsAsync(database, [(int)id], isActive, acts);

    /// <summary>Acts, and waits until time has turned each of some records.</summary>
    private static async Task TurnsAsync(IDatabase database, IEnumerable<int> ids, bool? isActive, params Func<Task>[] acts)
    {
        HashSet<long> open = [.. ids.Select(i => (long)i)];
        var changes = database.Find("offers")!.ChangesAsync(database.Feed.Current, Token);
        foreach (var act in acts)
        {
            await act();
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            await foreach (var batch in changes.WithCancellation(patience.Token))
            {
                open.ExceptWith(batch.Where(c => c.Actor == Actors.Time && (isActive is null || c.After["is_active"] is true == isActive)).Select(c => (long)c.Key.Values[0]!));
                if (open.Count == 0)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            Assert.Fail($"Not turned{(isActive is null ? "" : isActive.Value ? " active" : " inactive")}: {string.Join(", ", open)}.");
        }
    }

    private static async Task<IEnumerable<(long, bool)>> StatesAsync(ITable table) =>
        (await table.QueryAsync(new Querying.Query(), Token)).Records.Select(r => ((long)r["id"]!, r["is_active"] is true));
}
