using Tandem.Querying;

namespace Tandem.Relational.Tables;

/// <summary>The database cannot read a value it was asked for as the field's type: a word that is no member of an enum, a text that is no address.</summary>
internal sealed class UnreadableValueException(string table)
    : QueryException("$filter", $"A value asked for is not one that its field of '{table}' can hold. Write it as the database does, or leave that condition out.");
