using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Databases;

internal sealed class SqliteStage : Stage
{
    private readonly TemporaryFolder _folder = new();

    public SqliteStage() => Address = Sqlite.CopyChinook(_folder);

    public override string Address { get; }

    public override string Table => "Customer";

    public override string Key => "CustomerId";

    public override IReadOnlyList<string> Fields { get; } = ["FirstName", "LastName", "Company", "Address", "City", "State", "Country", "PostalCode", "Phone", "Fax", "Email"];

    public override Task<IReadOnlyList<IReadOnlyDictionary<string, string?>>> CustomersAsync()
    {
        using var connection = Sqlite.Open(Address);
        string[] names = [Key, .. Fields, "SupportRepId"];
        IReadOnlyList<IReadOnlyDictionary<string, string?>> rows =
            [.. Sqlite.Query(connection, $"SELECT {string.Join(", ", names)} FROM {Table}").Select(r => names.Zip(r).ToDictionary(p => p.First, p => p.Second?.ToString()))];
        return Task.FromResult(rows);
    }

    public override Task<IReadOnlyList<Entry>> JournalAsync()
    {
        using var connection = Sqlite.Open(Address);
        IReadOnlyList<Entry> entries =
            [.. Sqlite.Query(connection, $"SELECT seq, record_key, kind, actor, before, after FROM tandem_journal WHERE table_name = '{Table}' ORDER BY seq").Select(ReadEntry)];
        return Task.FromResult(entries);
    }

    public override Task WriteElsewhereAsync(string key, string field, string value)
    {
        using var connection = Sqlite.Open(Address);
        Sqlite.Execute(connection, $"UPDATE {Table} SET {field} = '{value}' WHERE {Key} = {key}");
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
