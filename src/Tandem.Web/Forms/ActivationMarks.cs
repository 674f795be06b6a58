using System.Globalization;
using Tandem.Activating;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Web.Forms;

/// <summary>What is said of records that are not simply active: “inactive”, “from 1 Dec”, “until 15:00”. It goes by the fields that whoever looks may see.</summary>
internal sealed class ActivationMarks(TableSchema schema, DateTimeOffset now)
{
    // An end that is far away is no news.
    private static readonly TimeSpan s_soon = TimeSpan.FromDays(7);
    private readonly ActivationTimes? _times = schema.Activation is { } activation ? new ActivationTimes(schema, activation) : null;

    /// <summary>The fields that marks go by; none where the table is not activatable.</summary>
    public static IReadOnlyList<string> Fields(TableSchema schema) => schema.Activation?.Fields ?? [];

    /// <summary>The mark of a record; null where the table is not activatable.</summary>
    public ActivationMark? Of(Record record)
    {
        if (_times is null || schema.Activation is not { } activation)
        {
            return null;
        }

        object? ValueOf(string field) => record[field];
        var isActive = record[activation.Active] is true;
        var next = activation.IsKept ? _times.Next(ValueOf, now) : null;
        var (on, off) = ("", "inactive");
        if (next is { } turn)
        {
            var becomes = _times.IsActive(ValueOf, turn);
            off = !becomes || isActive ? off : "from " + Say(activation.Zone, turn);
            // Of what is yet to begin, the end is what will be said then.
            on = (becomes ? _times.Next(ValueOf, turn) : turn) is { } end && end - now <= s_soon ? "until " + Say(activation.Zone, end.AddTicks(-1), end) : on;
        }

        return new ActivationMark(isActive, on, off, next is { } at ? TimeZoneInfo.ConvertTime(at, activation.Zone).ToString("yyyy-MM-dd HH:mm ", CultureInfo.InvariantCulture) + activation.Zone.Id : null);
    }

    /// <summary>A moment as briefly as it can be told from now: a time today, else a day.</summary>
    /// <param name="zone">Where.</param>
    /// <param name="moment">The moment that tells the day: an end at midnight belongs to the day before.</param>
    /// <param name="time">The moment that tells the time. Default: the same.</param>
    private string Say(TimeZoneInfo zone, DateTimeOffset moment, DateTimeOffset? time = null)
    {
        var (day, today, at) = (TimeZoneInfo.ConvertTime(moment, zone), TimeZoneInfo.ConvertTime(now, zone), TimeZoneInfo.ConvertTime(time ?? moment, zone));
        return day.Date == today.Date && at.TimeOfDay != TimeSpan.Zero ? at.ToString("HH:mm", CultureInfo.InvariantCulture)
            : day.Date == today.Date ? "today"
            : day.ToString(day.Year == today.Year ? "d MMM" : "d MMM yyyy", CultureInfo.InvariantCulture);
    }
}

/// <summary>What is said of a record, now and once it turns.</summary>
/// <param name="IsActive">Whether it is active.</param>
/// <param name="On">What is said while it is active; empty for nothing.</param>
/// <param name="Off">What is said while it is not.</param>
/// <param name="Turns">When it turns, as far as that is known, with the time zone.</param>
internal sealed record ActivationMark(bool IsActive, string On, string Off, string? Turns)
{
    public string Text => IsActive ? On : Off;
}
