using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Admin;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Live;

namespace Tandem.Web.Tests.Access;

/// <summary>A server with two deals, a table that everybody may see, and a member whose rights are what each test gives.</summary>
public sealed class MatrixServer : IAsyncLifetime
{
    public const string Member = "mia";
    private TandemServer _server = null!;
    private MemoryDatabase _database = null!;
    private int _rounds;

    public HttpClient Client { get; private set; } = null!;

    public IReadOnlyList<Records.Record> Deals { get; private set; } = [];

    public TableSchema Schema => _database.Find("deals")!.Schema;

    internal TandemServer Server => _server;

    public async ValueTask InitializeAsync()
    {
        _database = new MemoryDatabase { Name = "deals" };
        _database.Add(new TableSchema(
            "deals",
            [
                new Field("id", FieldType.Integer) { IsNullable = false }, new Field("region", FieldType.Text) { IsNullable = false },
                new Field("amount", FieldType.Integer), new Field("note", FieldType.Text),
            ],
            ["id"]));
        _database.Add(new TableSchema("marks", [new Field("id", FieldType.Integer) { IsNullable = false }, new Field("round", FieldType.Integer)], ["id"]));
        await WriteAsync("deals", new Write.Insert(new Patch([new("id", 1L), new("region", "north"), new("amount", 4711L), new("note", "noteone")]), s_by));
        await WriteAsync("deals", new Write.Insert(new Patch([new("id", 2L), new("region", "south"), new("amount", 4712L), new("note", "notetwo")]), s_by));
        await WriteAsync("marks", new Write.Insert(new Patch([new("id", 1L), new("round", 0L)]), s_by));
        _server = await TandemServer.StartAsync(_database, app => app.MapTandemPages());
        using var administrator = _server.Client(TandemServer.AdministratorToken);
        using var invited = await administrator.PostAsJsonAsync("/api/users", new { name = Member, role = "member" }, Http.Cancelled);
        Client = _server.Client((await invited.Content.ReadFromJsonAsync<JsonElement>(Http.Cancelled)).GetProperty("token").GetString());
        Deals = (await _database.Find("deals")!.QueryAsync(new Querying.Query(), Http.Cancelled)).Records;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>Replaces every grant; the table of marks can always be seen.</summary>
    public void Give(IReadOnlyList<Grant> grants) => _server.Tandem.Grants.Replace(
        [.. grants, new Grant("marks", SubjectKind.User, Member, true, [TableAction.View]) { Table = "marks" }]);

    public User User => _server.Services.GetRequiredService<global::Tandem.Web.SignIn.UserStore>().Find(Member)!;

    /// <summary>Changes amount and note of both deals, then marks that all was said.</summary>
    /// <returns>The round, which the mark carries.</returns>
    public async Task<int> ChangeAsync()
    {
        _rounds++;
        foreach (var deal in Deals)
        {
            await WriteAsync("deals", new Write.Update(deal.Key, new Patch([new("amount", 5000L + _rounds), new("note", $"said{_rounds}")]), Guard.None, s_by));
            await WriteAsync("deals", new Write.Update(deal.Key, new Patch([new("amount", deal["amount"]), new("note", deal["note"])]), Guard.None, s_by));
        }

        await WriteAsync("marks", new Write.Update(new RecordKey(1L), Patch.Of("round", (long)_rounds), Guard.None, s_by));
        return _rounds;
    }

    /// <summary>An open page of the member.</summary>
    internal LiveConnection Open()
    {
        var page = new LiveConnection(Guid.NewGuid().ToString("N"), Member, () => { });
        _server.Services.GetRequiredService<WatchIndex>().Add(page);
        return page;
    }

    private static readonly WriteContext s_by = new("Ana");

    private async Task WriteAsync(string table, Write write) => Assert.IsType<WriteResult.Written>(await _database.Find(table)!.WriteAsync(write, CancellationToken.None));
}
