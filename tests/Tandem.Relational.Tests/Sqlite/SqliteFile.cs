using Microsoft.Data.Sqlite;
using Tandem.Specification.Servers;
using Tandem.Sqlite;

namespace Tandem.Relational.Tests.Sqlite;

/// <summary>A SQLite file of one test, and another program's connection to it.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly TempFolder _folder = new();

    private SqliteFile() => Path = _folder.File("test.db");

    public string Path { get; }

    public TempFolder Folder => _folder;

    /// <summary>Makes a file.</summary>
    public static async Task<SqliteFile> CreateAsync(string script)
    {
        var file = new SqliteFile();
        await file.ExecuteAsync(script);
        return file;
    }

    public async Task<SqliteDatabase> OpenAsync(Action<SqliteOptions>? configure = null)
    {
        var options = new SqliteOptions { Poll = TimeSpan.FromMilliseconds(20) };
        configure?.Invoke(options);
        return await SqliteDatabase.OpenAsync(Path, options, null, TestContext.Current.CancellationToken);
    }

    /// <summary>Runs statements as a program that knows nothing of Tandem.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A connection of a program that knows nothing of Tandem.</summary>
    public async Task<SqliteConnection> ConnectAsync()
    {
        SqliteNative.Initialize();
        var connection = new SqliteConnection($"Data Source={Path};Pooling=false;Default Timeout=10");
        await connection.OpenAsync();
        return connection;
    }

    public void Dispose() => _folder.Dispose();
}
