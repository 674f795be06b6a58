using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Tables;

namespace Tandem.Sqlite;

/// <summary>A few connections that read side by side. SQLite reads on the calling thread; waiting for a free connection does not.</summary>
internal sealed class SqliteConnections : IAsyncDisposable
{
    /// <summary>How long a statement waits for a lock, in milliseconds.</summary>
    public const int BusyTimeout = 5_000;

    private const int MaxReaders = 6;
    private readonly string _connectionString;
    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private readonly SemaphoreSlim _slots = new(MaxReaders, MaxReaders);
    private volatile bool _isClosed;

    public SqliteConnections(string path, bool isReadOnly)
    {
        SqliteNative.Initialize();
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = isReadOnly ? SqliteReadOnly.Source(path) : path,
            Mode = isReadOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString();
    }

    /// <summary>Opens a connection with Tandem's settings and functions.</summary>
    public async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            connection.CreateFunction("tandem_digest", (byte[]? content) => content is null ? null : Blob.DigestOf(content), isDeterministic: true);
            connection.CreateFunction("tandem_match", (string? text, string sought, int where) => text is not null && (MatchOperator)where switch
            {
                MatchOperator.Contains => text.Contains(sought, StringComparison.OrdinalIgnoreCase),
                MatchOperator.StartsWith => text.StartsWith(sought, StringComparison.OrdinalIgnoreCase),
                _ => text.EndsWith(sought, StringComparison.OrdinalIgnoreCase),
            }, isDeterministic: true);
            SqliteSum.AddTo(connection);
            Execute(connection, $"PRAGMA busy_timeout = {BusyTimeout}; PRAGMA foreign_keys = ON; PRAGMA cache_size = -4000;");
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a read on a connection of its own for that time. Cancelling interrupts the statement.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        SqliteConnection? connection = null;
        try
        {
            if (!_idle.TryTake(out connection))
            {
                connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
            }

            var handle = connection.Handle;
            await using var interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(handle)).ConfigureAwait(false);
            return read(connection);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            throw new DatabaseUnavailableException("The database is busy with another program's work. Try again in a moment.", e);
        }
        finally
        {
            if (connection is not null)
            {
                await ReturnAsync(connection).ConfigureAwait(false);
            }
            else
            {
                _slots.Release();
            }
        }
    }

    /// <summary>Lends a connection for as long as a reader stays on it.</summary>
    public async Task<Loan> LendAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new Loan(this, _idle.TryTake(out var connection) ? connection : await OpenAsync(cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    private async ValueTask ReturnAsync(SqliteConnection connection)
    {
        _idle.Add(connection);
        _slots.Release();
        if (_isClosed)
        {
            await CloseIdleAsync().ConfigureAwait(false);
        }
    }

    internal sealed class Loan(SqliteConnections owner, SqliteConnection connection) : IAsyncDisposable
    {
        public SqliteConnection Connection => connection;

        public ValueTask DisposeAsync() => owner.ReturnAsync(connection);
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static T? Scalar<T>(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is T value ? value : default;
    }

    public static SqliteCommand Command(SqliteConnection connection, SqlText sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql.ToString();
        for (var i = 0; i < sql.Parameters.Count; i++)
        {
            command.Parameters.Add(new SqliteParameter("@p" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), sql.Parameters[i] ?? DBNull.Value));
        }

        return command;
    }

    public async ValueTask DisposeAsync()
    {
        // A read under way closes its own connection when it ends.
        _isClosed = true;
        await CloseIdleAsync().ConfigureAwait(false);
    }

    private async Task CloseIdleAsync()
    {
        while (_idle.TryTake(out var connection))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
