using Tandem.Relational.Sql;

namespace Tandem.PostgreSql;

/// <content>What Tandem keeps for itself.</content>
public sealed partial class PgDatabase
{
    public async Task<string?> ReadSettingAsync(string name, CancellationToken cancellationToken = default)
    {
        if (Find("tandem.settings") is null)
        {
            return null;
        }

        var sql = new SqlText();
        sql.Append($"SELECT value FROM tandem.settings WHERE name = ${sql.Add(PgColumn.Text(name))}");
        return (await ReadAsync(sql, r => r.GetString(0), cancellationToken).ConfigureAwait(false)).FirstOrDefault();
    }

    public async Task<string> KeepSettingAsync(string name, string value, CancellationToken cancellationToken = default)
    {
        if (IsReadOnly)
        {
            return value;
        }

        var sql = new SqlText();
        sql.Append($"INSERT INTO tandem.settings (name, value) VALUES (${sql.Add(PgColumn.Text(name))}, ${sql.Add(PgColumn.Text(value))}) ON CONFLICT DO NOTHING");
        await ReadAsync(sql, r => 0, cancellationToken).ConfigureAwait(false);
        return await ReadSettingAsync(name, cancellationToken).ConfigureAwait(false) ?? value;
    }
}
