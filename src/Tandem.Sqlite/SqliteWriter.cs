using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Sqlite;

/// <summary>
/// The one connection that writes. Every write is one immediate transaction with its journal entries; after the commit,
/// and still in turn, the changes go to the feed, so the feed has the order of the commits.
/// </summary>
/// <remarks>
/// <c>PRAGMA data_version</c> of a connection moves when any other connection commits. Since all of this process's writes
/// go through this one, a move means another program wrote. What another Tandem journalled meanwhile is taken into the
/// feed before this process's own changes; what another program wrote is left for the poller to reconcile.
/// </remarks>
internal sealed class SqliteWriter(
    SqliteConnection connection, bool isReadOnly, FeedBuffer buffer, TimeProvider clock, Func<string, TableSchema?> find, Action<IReadOnlyList<Change>> committed, Func<Cursor, IReadOnlyList<Change>> lost) : IAsyncDisposable
{
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_turnTimeout = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _dataVersion = SqliteConnections.Scalar<long>(connection, "PRAGMA data_version");
    private long _delivered = isReadOnly ? 0 : SqliteJournal.Last(connection);

    /// <summary>Whether another program committed since this was last set to false. Used by the poller alone, in its turn.</summary>
    public bool OthersWrote { get; set; }

    /// <summary>Runs a write in a transaction of its own.</summary>
    /// <param name="work">Does the write and says whether to commit.</param>
    /// <param name="cancellationToken">Ends the wait for the turn; a write that has begun is finished.</param>
    public async Task<T> RunAsync<T>(Func<Scope, ValueTask<(T Result, bool Commit)>> work, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(s_turnTimeout, cancellationToken).ConfigureAwait(false))
        {
            throw new DatabaseUnavailableException("Other writes are taking too long. Try again in a moment.", new TimeoutException());
        }

        try
        {
            await BeginAsync(cancellationToken).ConfigureAwait(false);
            List<Change> changes;
            (T Result, bool Commit) outcome;
            try
            {
                changes = TakeInOthers();
                // Watched copies move along before the work, so that what another node journalled is not found once more.
                committed(changes);
                var scope = new Scope(connection, clock, isReadOnly ? _delivered : null);
                outcome = await work(scope).ConfigureAwait(false);
                if (outcome.Commit || !scope.HasEnded)
                {
                    SqliteConnections.Execute(connection, outcome.Commit ? "COMMIT" : "ROLLBACK");
                }

                if (outcome.Commit)
                {
                    changes.AddRange(scope.Changes);
                    committed(scope.Changes);
                }
            }
            catch
            {
                if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
                {
                    SqliteConnections.Execute(connection, "ROLLBACK");
                }

                // What was taken in was not delivered; the next turn takes it in again.
                _dataVersion = -1;
                throw;
            }

            Deliver(changes);
            return outcome.Result;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            throw new DatabaseUnavailableException("The database is busy with another program's work. Try again in a moment.", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Looks whether another program committed, at next to no cost.</summary>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            OthersWrote |= SqliteConnections.Scalar<long>(connection, "PRAGMA data_version") != _dataVersion;
            return OthersWrote;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync(s_turnTimeout).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    /// <summary>
    /// Waits for the file's write lock by asking often and briefly. SQLite's own wait asks ever more seldom, and where other
    /// programs write all the time it is always somebody else who happens to ask at the right moment.
    /// </summary>
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (isReadOnly)
        {
            SqliteConnections.Execute(connection, "BEGIN");
            return;
        }

        var startedAt = clock.GetTimestamp();
        while (true)
        {
            raw.sqlite3_busy_timeout(connection.Handle, 0);
            var code = raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE");
            raw.sqlite3_busy_timeout(connection.Handle, SqliteConnections.BusyTimeout);
            if (code == raw.SQLITE_OK)
            {
                return;
            }

            if ((code & 0xFF) is not (raw.SQLITE_BUSY or raw.SQLITE_LOCKED) || clock.GetElapsedTime(startedAt) > s_turnTimeout)
            {
                SqliteException.ThrowExceptionForRC(code, connection.Handle);
            }

            await Task.Delay(s_betweenTries, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private List<Change> TakeInOthers()
    {
        var version = SqliteConnections.Scalar<long>(connection, "PRAGMA data_version");
        if (version == _dataVersion)
        {
            return [];
        }

        _dataVersion = version;
        OthersWrote = true;
        if (isReadOnly)
        {
            return [];
        }

        var trimmed = SqliteJournal.TrimmedTo(connection);
        var known = Math.Max(_delivered, trimmed);
        var changes = SqliteJournal.Range(connection, find, known, long.MaxValue, int.MaxValue);
        // What others journalled and trimmed before it was taken in here can only be told as a gap.
        return _delivered < trimmed ? [.. lost(SqliteJournal.CursorAt(trimmed)), .. changes] : changes;
    }

    private void Deliver(List<Change> changes)
    {
        if (changes.Count > 0)
        {
            _delivered = Math.Max(_delivered, changes[^1].Sequence);
            buffer.Append(changes[^1].Cursor, changes);
        }
    }

    /// <summary>One write transaction.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="clock">Tells the time of journal entries.</param>
    /// <param name="unkept">The last number given when nothing may be written, so that changes are told but not kept; else null.</param>
    internal sealed class Scope(SqliteConnection connection, TimeProvider clock, long? unkept)
    {
        public SqliteConnection Connection => connection;

        public List<Change> Changes { get; } = [];

        /// <summary>Whether the database ended the transaction by itself, as a trigger may make it do.</summary>
        public bool HasEnded => raw.sqlite3_get_autocommit(connection.Handle) != 0;

        public Change Journal(string actor, string? operation, TableSchema table, RecordKey key, ChangeKind kind, Patch before, Patch after, Guid? writeId = null)
        {
            var at = clock.GetUtcNow();
            Change change;
            if (unkept is { } last)
            {
                var sequence = last + Changes.Count + 1;
                change = new Change(SqliteJournal.CursorAt(sequence), sequence, at, actor, operation, table.Name, key, kind, before, after);
            }
            else
            {
                change = SqliteJournal.Append(connection, at, actor, operation, table, key, kind, before, after, writeId);
            }

            Changes.Add(change);
            return change;
        }
    }
}
