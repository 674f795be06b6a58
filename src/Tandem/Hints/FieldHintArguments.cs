using Tandem.Access;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Hints;

/// <summary>What a hint is about: a record as a form holds it at this moment, valid or not.</summary>
/// <param name="Database">The database.</param>
/// <param name="Schema">The table's schema.</param>
/// <param name="Key">The record's key; null for a new one.</param>
/// <param name="Values">The fields that can be read so far: as stored, or as typed.</param>
/// <param name="User">Who fills it in.</param>
/// <param name="Services">The application's services.</param>
public sealed record FieldHintArguments(IDatabase Database, TableSchema Schema, RecordKey? Key, Patch Values, User User, IServiceProvider Services)
{
    /// <summary>A field's value; null where the form holds none, or none that can be read.</summary>
    public object? this[string field] => Values.GetValueOrDefault(field);
}
