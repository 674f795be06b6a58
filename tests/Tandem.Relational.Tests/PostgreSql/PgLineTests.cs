using Tandem.PostgreSql;
using Tandem.Records;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests.PostgreSql;

/// <summary>Writes of one record that are sent at the same time go together, and each is still guarded and answered by itself.</summary>
public sealed class PgLineTests : IAsyncLifetime
{
    private const int Writers = 20;
    private static readonly WriteContext s_ann = new("Ann");
    private static readonly RecordKey s_key = new("a", 1L);
    private string _address = "";
    private PgDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _address = await (await PgServer.ReplicaAsync()).CreateDatabaseAsync(Shop.PostgreSql, Token);
        _database = await PgDatabase.OpenAsync(_address, new PgOptions { Refine = Shop.Refine }, null, Token);
        await PgServer.ExecuteAsync(_address, "INSERT INTO pairs (area, number, label, weight) VALUES ('a', 1, 'start', 0), ('a', 2, 'start', 0); ALTER TABLE pairs ADD CONSTRAINT short CHECK (length(label) < 30)", Token);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Writes_OfOneRecordAtOnce_GoTogetherAndEachIsJournalled()
    {
        WriteResult[] results;
        using (var statements = new Statements())
        {
            results = await BehindALockAsync(i => Label(s_key, $"label {i}"));
            // The other program's lock, the first write, and all the others.
            Assert.InRange(statements.Seen.Count, 2, 4);
        }

        Assert.All(results, r => Assert.IsType<WriteResult.Written>(r));
        var changes = results.Select(r => ((WriteResult.Written)r).Change!).OrderBy(c => c.Sequence).ToList();
        Assert.Equal(Writers, changes.Select(c => c.Sequence).Distinct().Count());
        Assert.All(changes.Zip(changes.Skip(1)), p => Assert.Equal(p.First.After["label"], p.Second.Before["label"]));
        Assert.Equal(changes[^1].After["label"], (await _database.Find("pairs")!.GetAsync(s_key, Token))!["label"]);
        Assert.Equal(Writers, (await _database.HistoryAsync("pairs", s_key, 100, Token)).Count);
    }

    [Fact]
    public async Task Writes_OneOfWhichTheDatabaseRefuses_AreAnsweredEachByItself()
    {
        var results = await BehindALockAsync(i => Label(s_key, i == 7 ? new string('x', 40) : $"label {i}"));

        Assert.IsType<WriteResult.Rejected>(results[7]);
        Assert.All(results.Where((_, i) => i != 7), r => Assert.IsType<WriteResult.Written>(r));
        Assert.Equal(Writers - 1, (await _database.HistoryAsync("pairs", s_key, 100, Token)).Count);
    }

    [Fact]
    public async Task Writes_GuardedByTheSameValue_LetOnlyOneThrough()
    {
        var results = await BehindALockAsync(i => Label(s_key, $"label {i}", "start"));

        Assert.Single(results.OfType<WriteResult.Written>());
        Assert.All(results.OfType<WriteResult.Conflicted>(), c => Assert.Equal(["label"], c.Fields));
        Assert.Equal(Writers - 1, results.OfType<WriteResult.Conflicted>().Count());
        Assert.Single(await _database.HistoryAsync("pairs", s_key, 100, Token));
    }

    [Fact]
    public async Task Write_OfAnotherRecord_DoesNotStandInLine()
    {
        await BehindALockAsync(i => Label(s_key, $"label {i}"), async () =>
            Assert.IsType<WriteResult.Written>(await _database.Find("pairs")!.WriteAsync(Label(new RecordKey("a", 2L), "other"), Token)));
    }

    [Fact]
    public async Task Write_GivenUpInLine_IsNotSent()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<WriteResult>? given = null;

        await BehindALockAsync(i => Label(s_key, $"label {i}"), async () =>
        {
            given = _database.Find("pairs")!.WriteAsync(Label(s_key, "given up"), patience.Token);
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        });

        Assert.DoesNotContain(await _database.HistoryAsync("pairs", s_key, 100, Token), c => Equals(c.After["label"], "given up"));
    }

    private static Write.Update Label(RecordKey key, string label, string? basis = null) =>
        new(key, Patch.Of("label", label), basis is null ? Guard.None : new Guard(Patch.Of("label", basis)), s_ann);

    /// <summary>Sends writes while another program holds the record, does something meanwhile, and lets go.</summary>
    private async Task<WriteResult[]> BehindALockAsync(Func<int, Write> write, Func<Task>? meanwhile = null)
    {
        await using var other = new Npgsql.NpgsqlConnection(_address);
        await other.OpenAsync(Token);
        await using var transaction = await other.BeginTransactionAsync(Token);
        await using (var command = new Npgsql.NpgsqlCommand("SELECT 1 FROM pairs WHERE area = 'a' AND number = 1 FOR UPDATE", other))
        {
            await command.ExecuteScalarAsync(Token);
        }

        var table = _database.Find("pairs")!;
        var sent = Enumerable.Range(0, Writers).Select(i => table.WriteAsync(write(i), Token)).ToList();
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        await transaction.RollbackAsync(Token);
        return await Task.WhenAll(sent);
    }
}
