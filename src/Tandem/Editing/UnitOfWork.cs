using Tandem.Leases;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>
/// Edits of several tables that are saved together: all or none, with one conflict list. New records may refer to each other by their
/// temporary keys. Safe from any thread; one save runs at a time.
/// </summary>
/// <remarks>The unit does not end its edits: dispose them when they are done with. After a save it holds the same edits, ready for more; deletions that were made are let go of.</remarks>
/// <param name="database">Where the tables live.</param>
/// <param name="actor">The person's name for deletions, as the journal keeps it; edits have their own.</param>
/// <param name="options">Null for the defaults.</param>
public sealed partial class UnitOfWork(IDatabase database, string actor, UnitOfWorkOptions? options = null)
{
    /// <summary>How many edits and deletions one unit holds at most.</summary>
    public const int Limit = BatchPlan.Limit;

    private readonly Lock _lock = new();
    private readonly List<RecordEdit> _edits = [];
    private readonly List<Deletion> _deletions = [];
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly UnitOfWorkOptions _options = options ?? new UnitOfWorkOptions();

    /// <summary>How many edits and deletions there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _edits.Count + _deletions.Count;
            }
        }
    }

    /// <summary>Takes in an edit, of a stored record or of a new one. Taking the same one in twice changes nothing.</summary>
    /// <returns>The edit.</returns>
    /// <exception cref="ArgumentException">The unit is full, or the edit's table is not one of the database.</exception>
    public RecordEdit Add(RecordEdit edit)
    {
        Check(edit.Table);
        lock (_lock)
        {
            if (!_edits.Contains(edit))
            {
                MakeRoom();
                _edits.Add(edit);
            }
        }

        return edit;
    }

    /// <summary>Starts a new record in the unit. Others refer to it by the value of its <see cref="RecordEdit.Key"/>.</summary>
    /// <exception cref="ArgumentException">The unit is full, or the table is not one of the database.</exception>
    public RecordEdit New(ITable table, RecordEditOptions? edit = null) => Add(RecordEdit.New(database, table, actor, edit));

    /// <summary>Deletes a record with the rest, where it is still as the person saw it.</summary>
    /// <exception cref="ArgumentException">The unit is full, or the table is not one of the database.</exception>
    public void Delete(ITable table, Record seen) => Delete(table, seen.Key, new Guard(seen.ToPatch()));

    /// <summary>Deletes a record with the rest, provided the guard holds. A record that somebody else deleted already is no obstacle.</summary>
    /// <exception cref="ArgumentException">The unit is full, or the table is not one of the database.</exception>
    public void Delete(ITable table, RecordKey key, Guard? guard = null)
    {
        Check(table);
        lock (_lock)
        {
            MakeRoom();
            _deletions.Add(new Deletion(table, new Write.Delete(key, guard ?? Guard.None, new WriteContext(actor, _options.Operation))
            {
                Id = Guid.CreateVersion7(),
                Fence = _options.Fence,
            }));
        }
    }

    /// <summary>Lets an edit go without saving it.</summary>
    /// <returns>Whether it was in the unit.</returns>
    public bool Remove(RecordEdit edit)
    {
        lock (_lock)
        {
            return _edits.Remove(edit);
        }
    }

    private void MakeRoom()
    {
        if (_edits.Count + _deletions.Count >= Limit)
        {
            throw new ArgumentException($"A unit of work holds at most {Limit} edits and deletions. Save this one and go on with another.");
        }
    }

    private void Check(ITable table)
    {
        if (database.Find(table.Schema.Name) is null)
        {
            throw new ArgumentException($"'{database.Name}' has no table '{table.Schema.Name}', so it cannot be saved together with others of it.", nameof(table));
        }
    }

    private sealed record Deletion(ITable Table, Write.Delete Write);
}
