using Npgsql;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <summary>
/// Several writes in one transaction. Writes of one shape share a statement; where the database refuses any of them, all is
/// taken back and done again one by one, each behind a savepoint, to learn whose fault it was.
/// </summary>
/// <param name="writes">The writes with their tables.</param>
/// <param name="done">Results of writes that were done before, by position.</param>
internal sealed class PgBatch(IReadOnlyList<(PgTable Table, Write Write)> writes, IReadOnlyDictionary<int, WriteResult> done)
{
    private const int RowsPerStatement = 2_500;

    private readonly WriteResult?[] _results = new WriteResult?[writes.Count];
    private readonly Dictionary<TemporaryKey, object?> _real = [];
    private readonly List<(int At, Write Write)> _refused = [];
    private bool _isBehindSavepoint;

    internal enum Way
    {
        /// <summary>Writes of one shape in one statement.</summary>
        Together,

        /// <summary>One by one in their order, to learn who is refused.</summary>
        Singly,

        /// <summary>The same with what the database would check at the end checked at once, to learn whom it means.</summary>
        SinglyAtOnce,
    }

    /// <summary>The rows that came back do not tell which write is whose; asked one by one they do.</summary>
    internal sealed class UnmatchedException() : Exception("Fewer records came back than were written.");

    public async Task<BatchResult> RunAsync(NpgsqlConnection connection, IReadOnlyList<IReadOnlyList<int>> steps, Way way, CancellationToken cancellationToken)
    {
        await LockLeasesAsync(connection, cancellationToken).ConfigureAwait(false);
        if (way == Way.SinglyAtOnce)
        {
            await ExecuteAsync(connection, "SET CONSTRAINTS ALL IMMEDIATE", cancellationToken).ConfigureAwait(false);
        }

        foreach (var step in steps)
        {
            List<(int At, Write Write)> open = [];
            foreach (var i in step)
            {
                var write = BatchPlan.Resolve(Ruled.Clean(writes[i].Table.Schema, writes[i].Write), _real);
                _results[i] = done.GetValueOrDefault(i) ?? _results[i] ?? (write is null ? BatchPlan.Orphaned : writes[i].Table.Check(write));
                if (_results[i] is null)
                {
                    open.Add((i, write!));
                }
            }

            var outside = await PgPermits.OutsideBeforeAsync(connection, open.Select(o => (o.At, writes[o.At].Table, o.Write)), cancellationToken).ConfigureAwait(false);
            open.RemoveAll(o => outside.Contains(o.At));
            foreach (var i in outside)
            {
                _results[i] = new WriteResult.Missing();
            }

            if (way != Way.Together)
            {
                await SinglyAsync(connection, open, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await TogetherAsync(connection, open, cancellationToken).ConfigureAwait(false);
            }

            await JudgeAsync(connection, open, cancellationToken).ConfigureAwait(false);
            foreach (var i in step)
            {
                if (_results[i] is WriteResult.Written { Stored: var stored } && writes[i].Write is Write.Insert { Temporary: { } temporary })
                {
                    _real[temporary] = stored.Key.Values[0];
                }
            }
        }

        // What was refused for want of a record that only came later is no fault of its own.
        for (var left = int.MaxValue; way == Way.SinglyAtOnce && _refused.Count > 0 && _refused.Count < left;)
        {
            left = _refused.Count;
            List<(int, Write)> again = [.. _refused];
            _refused.Clear();
            await SinglyAsync(connection, again, cancellationToken).ConfigureAwait(false);
        }

        return new BatchResult(_results.All(r => r is WriteResult.Written), [.. _results.Select(r => r!)]);
    }

    /// <summary>Refuses what was stored outside of its permit; the whole is then taken back.</summary>
    private async Task JudgeAsync(NpgsqlConnection connection, List<(int At, Write Write)> open, CancellationToken cancellationToken)
    {
        var stored = open.Where(o => _results[o.At] is WriteResult.Written { IsRepeated: false })
            .Select(o => (o.At, writes[o.At].Table, o.Write, ((WriteResult.Written)_results[o.At]!).Stored.Key));
        foreach (var i in await PgPermits.OutsideAfterAsync(connection, stored, cancellationToken).ConfigureAwait(false))
        {
            _results[i] = Permits.Refused(writes[i].Write);
        }
    }

    private async Task LockLeasesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        string[] resources = [.. writes.Where((w, i) => !done.ContainsKey(i)).Select(w => w.Write.Fence?.Resource).OfType<string>().Distinct()];
        if (resources.Length == 0)
        {
            return;
        }

        // Held until the end of the transaction: a takeover waits for the whole batch.
        var sql = new SqlText();
        sql.Append($"SELECT resource, token FROM tandem.leases WHERE resource = ANY (${sql.Add(new NpgsqlParameter<string[]> { TypedValue = resources })}) ORDER BY resource FOR SHARE");
        var held = (await PgDatabase.ReadAsync(connection, sql, r => new Fence(r.GetString(0), r.GetInt64(1)), cancellationToken).ConfigureAwait(false)).ToHashSet();
        for (var i = 0; i < writes.Count; i++)
        {
            if (writes[i].Write.Fence is { } fence && !held.Contains(fence) && !done.ContainsKey(i))
            {
                _results[i] = new WriteResult.Fenced(fence.Resource);
            }
        }
    }

    private async Task SinglyAsync(NpgsqlConnection connection, List<(int At, Write Write)> open, CancellationToken cancellationToken)
    {
        foreach (var (i, write) in open)
        {
            // The one before goes in the same round trip: left open they would nest, one deeper with every write.
            await ExecuteAsync(connection, _isBehindSavepoint ? "RELEASE SAVEPOINT one; SAVEPOINT one" : "SAVEPOINT one", cancellationToken).ConfigureAwait(false);
            _isBehindSavepoint = true;
            try
            {
                _results[i] = write is Write.Update { Set.Count: 0 } look
                    ? await LookAsync(connection, i, look, cancellationToken).ConfigureAwait(false)
                    // The lease is held by this transaction already.
                    : Ruled.Judge(writes[i].Table.Schema, write, await writes[i].Table.RunAsync(connection, write with { Fence = null }, cancellationToken).ConfigureAwait(false));
                if (_results[i] is WriteResult.Rejected)
                {
                    await ExecuteAsync(connection, "ROLLBACK TO SAVEPOINT one", cancellationToken).ConfigureAwait(false);
                }
            }
            catch (PostgresException e) when (PgErrors.IsRefusal(e) && e.ConstraintName != PgOwnTables.WriteIndex)
            {
                await ExecuteAsync(connection, "ROLLBACK TO SAVEPOINT one", cancellationToken).ConfigureAwait(false);
                _results[i] = PgErrors.Explain(e, writes[i].Table.Table, write);
                _refused.Add((i, write));
            }
        }
    }

    private async Task TogetherAsync(NpgsqlConnection connection, List<(int At, Write Write)> open, CancellationToken cancellationToken)
    {
        var groups = Waves(open).ToList();
        if (groups.Count(g => g[0].Write is not Write.Insert) > 1)
        {
            foreach (var table in open.Where(o => o.Write is not Write.Insert).GroupBy(o => writes[o.At].Table).OrderBy(g => g.Key.Schema.Name, StringComparer.Ordinal))
            {
                var keys = table.Select(o => KeyOf(table.Key, o.Write)!).Distinct().Order(ByKey).ToList();
                await PgDatabase.ReadAsync(connection, PgBatchSql.Lock(table.Key.Map, keys), r => 0, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (var group in groups)
        {
            var table = writes[group[0].At].Table;
            var sorted = group[0].Write is Write.Insert ? group : [.. group.OrderBy(g => KeyOf(table, g.Write)!, ByKey)];
            foreach (var rows in sorted.Chunk(RowsPerStatement))
            {
                await RunGroupAsync(connection, table, rows, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task RunGroupAsync(NpgsqlConnection connection, PgTable table, IReadOnlyList<(int At, Write Write)> rows, CancellationToken cancellationToken)
    {
        if (rows[0].Write is Write.Update { Set.Count: 0 } || IsBare(table, rows[0].Write))
        {
            foreach (var (i, write) in rows)
            {
                _results[i] = write is Write.Update look
                    ? await LookAsync(connection, i, look, cancellationToken).ConfigureAwait(false)
                    : Ruled.Judge(table.Schema, write, await table.RunAsync(connection, write with { Fence = null }, cancellationToken).ConfigureAwait(false));
            }

            return;
        }

        var sql = rows[0].Write switch
        {
            Write.Insert => PgBatchSql.Insert(table.Table, [.. rows.Select(r => (Write.Insert)r.Write)]),
            Write.Update => PgBatchSql.Update(table.Table, [.. rows.Select(r => (Write.Update)r.Write)]),
            _ => PgBatchSql.Delete(table.Table, [.. rows.Select(r => (Write.Delete)r.Write)]),
        };
        var answers = await PgDatabase.ReadAsync(
            connection,
            sql,
            r => (Row: (int)r.GetInt64(1) - 1, Written: r.GetString(0) == "new" ? table.Written(rows[(int)r.GetInt64(1) - 1].Write, r, 2) : null, Old: Relational.Tables.RelationalTable.ReadRecord(r, table.Map, 2)),
            cancellationToken).ConfigureAwait(false);
        if (rows[0].Write is Write.Insert && answers.Count != rows.Count)
        {
            throw new UnmatchedException();
        }

        foreach (var (row, written, old) in answers)
        {
            _results[rows[row].At] = written is null ? PgTable.Refused(rows[row].Write, old) : Ruled.Judge(table.Schema, rows[row].Write, written);
        }

        foreach (var (i, write) in rows)
        {
            _results[i] ??= PgTable.Refused(write, null);
        }
    }

    /// <summary>A write that sets nothing: only its guard is asked.</summary>
    private async Task<WriteResult> LookAsync(NpgsqlConnection connection, int i, Write.Update look, CancellationToken cancellationToken)
    {
        var map = writes[i].Table.Map;
        var sql = Relational.Tables.RelationalTable.ManyOf([look.Key], map).Append(" FOR SHARE");
        var found = await PgDatabase.ReadAsync(connection, sql, r => Relational.Tables.RelationalTable.ReadRecord(r, map), cancellationToken).ConfigureAwait(false);
        return found.Count == 0 ? new WriteResult.Missing()
            : GuardCheck.Broken(found[0], Patch.Empty, look.Guard) is { } broken ? new WriteResult.Conflicted(found[0], broken)
            : new WriteResult.Written(found[0], null);
    }

    /// <summary>Writes of one shape together, in the order their shapes first come up; who writes a record again comes in a later wave.</summary>
    private IEnumerable<List<(int At, Write Write)>> Waves(List<(int At, Write Write)> open)
    {
        Dictionary<(PgTable, RecordKey), int> times = [];
        return open
            .Select(o =>
            {
                var wave = 0;
                if (KeyOf(writes[o.At].Table, o.Write) is { } key)
                {
                    wave = times.GetValueOrDefault((writes[o.At].Table, key));
                    times[(writes[o.At].Table, key)] = wave + 1;
                }

                return (Wave: wave, Shape: Shape(writes[o.At].Table, o.Write), o.At, o.Write);
            })
            .GroupBy(o => (o.Wave, o.Shape))
            .OrderBy(g => g.Key.Wave)
            .Select(g => g.Select(o => (o.At, o.Write)).ToList());
    }

    private static string Shape(PgTable table, Write write)
    {
        const string Between = "\u001f";
        var name = table.Schema.Name + Between;
        return write switch
        {
            Write.Insert insert => name + "insert" + Between + string.Join(Between, PgWriteSql.Given(table.Map, insert).Select(v => v.Key)),
            Write.Update update => name + "update" + Between + string.Join(Between, update.Set.Keys) + Between + Between + Guarded(update.Guard),
            Write.Delete delete => name + "delete" + Between + Guarded(delete.Guard),
            _ => throw new ArgumentException($"Unknown write {write.GetType().Name}.", nameof(write)),
        };

        static string Guarded(Guard guard) => $"{guard.AllowSettled} {guard.Version is not null}{Between}{string.Join(Between, guard.Base.Keys)}";
    }

    private static bool IsBare(PgTable table, Write write) => write is Write.Insert insert && PgWriteSql.Given(table.Map, insert).Count == 0;

    private static RecordKey? KeyOf(PgTable table, Write write) => write switch
    {
        Write.Update update => update.Key,
        Write.Delete delete => delete.Key,
        Write.Insert insert when table.Schema.Key.All(k => insert.Values.GetValueOrDefault(k) is not null) => new RecordKey([.. table.Schema.Key.Select(k => insert.Values[k])]),
        _ => null,
    };

    /// <summary>Any order will do, as long as every batch has the same.</summary>
    private static Comparer<RecordKey> ByKey { get; } = Comparer<RecordKey>.Create((a, b) =>
    {
        for (var i = 0; i < Math.Min(a.Values.Count, b.Values.Count); i++)
        {
            if (Values.Compare(a.Values[i], b.Values[i]) is var c && c != 0)
            {
                return c;
            }
        }

        return 0;
    });

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken) =>
        await PgDatabase.ReadAsync(connection, new SqlText().Append(sql), r => 0, cancellationToken).ConfigureAwait(false);
}
