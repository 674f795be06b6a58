using Tandem.Live;
using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Access;

/// <summary>The filters of grants: text as requests spell it, where <c>{user}</c> within a quoted text stands for whoever asks.</summary>
internal static class GrantFilter
{
    private const string Me = "{user}";

    /// <summary>A grant's filter for a user. One that cannot be read any more allows nothing or denies everything, so that a renamed field opens no door.</summary>
    public static Filter Read(User user, TableSchema schema, Grant grant)
    {
        try
        {
            var filter = Parse(schema, grant.Filter!, user.Name);
            return Locality.IsLocal(schema, filter) ? filter : Closed(grant);
        }
        catch (TandemException)
        {
            return Closed(grant);
        }
    }

    /// <summary>What is wrong with a grant's filter, as a sentence with the remedy; null when nothing is.</summary>
    public static string? Fault(TableSchema schema, string text)
    {
        try
        {
            return Locality.IsLocal(schema, Parse(schema, text, "somebody"))
                ? null
                : "It compares texts by an order or collation of the database, which cannot be followed live. Compare by eq, in or startswith, or a field of another collation.";
        }
        catch (TandemException e)
        {
            return e.Message;
        }
    }

    private static Filter Parse(TableSchema schema, string text, string name) =>
        FilterParser.Parse(schema, text.Replace(Me, name.Replace("'", "''", StringComparison.Ordinal), StringComparison.Ordinal));

    private static Filter Closed(Grant grant) => grant.IsAllow ? Filter.None : Filter.All;
}
