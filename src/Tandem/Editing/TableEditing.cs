using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>Editing, said to a table.</summary>
public static class TableEditing
{
    /// <summary>Starts a record that is not stored yet. It has a key at once: see <see cref="RecordEdit.Key"/>.</summary>
    /// <param name="table">The table.</param>
    /// <param name="actor">The person's name, as the journal keeps it.</param>
    /// <param name="database">Where the table lives; its journal tells what became of a save whose connection broke. May be null.</param>
    /// <param name="options">Null for the defaults.</param>
    public static RecordEdit New(this ITable table, string actor, IDatabase? database = null, RecordEditOptions? options = null) =>
        RecordEdit.New(database, table, actor, options);

    /// <summary>Starts editing a stored record.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The record.</param>
    /// <param name="actor">The person's name, as the journal keeps it.</param>
    /// <param name="database">Where the table lives; its journal tells what became of a save whose connection broke. May be null.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The edit, or null when there is no such record.</returns>
    public static Task<RecordEdit?> EditAsync(
        this ITable table, RecordKey key, string actor, IDatabase? database = null, RecordEditOptions? options = null, CancellationToken cancellationToken = default) =>
        RecordEdit.OpenAsync(database, table, key, actor, options ?? new RecordEditOptions(), cancellationToken);
}
