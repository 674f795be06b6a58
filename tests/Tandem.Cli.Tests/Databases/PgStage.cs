using Npgsql;

namespace Tandem.Cli.Tests.Databases;

internal sealed class PgStage : Stage
{
    private readonly PgCluster _cluster;

    private PgStage(PgCluster cluster, string database) => (_cluster, Database) = (cluster, database);

    public string Database { get; }

    public override string Address => _cluster.Address(Database);

    public override string Table => "customer";

    public override string Key => "customer_id";

    public override IReadOnlyList<string> Fields { get; } = ["first_name", "last_name", "company", "address", "city", "state", "country", "postal_code", "phone", "fax", "email"];

    public override int Nodes => 2;

    public static async Task<PgStage> CreateAsync(PgCluster cluster) => new(cluster, await cluster.CreateChinookAsync());

    public override async Task<IReadOnlyList<IReadOnlyDictionary<string, string?>>> CustomersAsync()
    {
        string[] names = [Key, .. Fields, "support_rep_id"];
        var rows = await QueryAsync($"SELECT {string.Join(", ", names)} FROM {Table}");
        return [.. rows.Select(r => names.Zip(r).ToDictionary(p => p.First, p => p.Second?.ToString()))];
    }

    public override async Task<IReadOnlyList<Entry>> JournalAsync() =>
        [.. (await QueryAsync($"SELECT seq, record_key::text, kind, actor, before::text, after::text FROM tandem.journal WHERE table_name = '{Table}' ORDER BY seq")).Select(ReadEntry)];

    public override Task WriteElsewhereAsync(string key, string field, string value) =>
        _cluster.ExecuteAsync(Database, $"UPDATE {Table} SET {field} = '{value}' WHERE {Key} = {key}");

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<List<object?[]>> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_cluster.ConnectionString(Database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<object?[]> rows = [];
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(v => v is DBNull ? null : v)]);
        }

        return rows;
    }
}
