using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tandem.Querying;

namespace Tandem.Sqlite;

/// <summary>The sum that SQLite lacks: exact for decimals, which it keeps as floats, and for whole numbers beyond 64 bits.</summary>
internal static class SqliteSum
{
    private const double LargestExact = 7e27;

    /// <summary>Makes <c>tandem_sum</c> known. Registered below the driver, whose own aggregates share one state when a statement has two of them.</summary>
    public static void AddTo(SqliteConnection connection) =>
        raw.sqlite3_create_function(connection.Handle, "tandem_sum", 1, raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC, null, Step, Final);

    private static void Step(sqlite3_context context, object data, sqlite3_value[] args)
    {
        var sum = (Sum)(context.state ??= new Sum());
        switch (raw.sqlite3_value_type(args[0]))
        {
            case raw.SQLITE_INTEGER:
                sum.Total.Add(raw.sqlite3_value_int64(args[0]));
                break;
            case raw.SQLITE_FLOAT:
                // The decimal that people wrote, not the float nearest to it.
                var real = raw.sqlite3_value_double(args[0]);
                sum.Total.Add(Math.Abs(real) < LargestExact && (double)(decimal)real == real ? (decimal)real : real);
                break;
        }
    }

    private static void Final(sqlite3_context context, object data)
    {
        switch ((context.state as Sum)?.Total.Sum)
        {
            case decimal exact:
                raw.sqlite3_result_text(context, exact.ToString(CultureInfo.InvariantCulture));
                break;
            case double rough:
                raw.sqlite3_result_double(context, rough);
                break;
            default:
                raw.sqlite3_result_null(context);
                break;
        }
    }

    private sealed class Sum
    {
        public RunningTotal Total;
    }
}
