namespace Tandem.Redis;

/// <summary>What happens to a lease happens in one script, so nothing comes between looking and acting. Numbers are written by <c>%.0f</c>: Lua would write large ones with an exponent.</summary>
internal static class Scripts
{
    private const string Now = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local function text(owner, token, ends, from)
          return string.format('{"owner":%s,"token":%.0f,"until":%.0f,"from":%s}', cjson.encode(owner), token, ends, from and cjson.encode(from) or 'null')
        end

        """;

    /// <summary>KEYS: the lease, the counter. ARGV: owner, milliseconds, whether by force, for how many seconds a restarted server grants nothing, the channel. Answers whether it was granted, and the lease as it is held.</summary>
    public const string Take = Now + """
        local held = redis.call('GET', KEYS[1])
        if held and ARGV[3] == '0' then
          return {0, held}
        end
        local up = tonumber(string.match(redis.call('INFO', 'server'), 'uptime_in_seconds:(%d+)'))
        local pause = tonumber(ARGV[4])
        if not held and pause > 0 and up <= pause then
          return {0, text('somebody from before Redis was restarted', 0, now + (pause - up + 1) * 1000, nil)}
        end
        local token = redis.call('INCR', KEYS[2])
        if token < now then
          token = now
          redis.call('SET', KEYS[2], string.format('%.0f', token))
        end
        local value = text(ARGV[1], token, now + ARGV[2], held and cjson.decode(held).owner or nil)
        if held then
          redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
        elseif not redis.call('SET', KEYS[1], value, 'NX', 'PX', ARGV[2]) then
          return {0, redis.call('GET', KEYS[1])}
        end
        redis.call('PUBLISH', ARGV[5], KEYS[1])
        return {1, value}
        """;

    /// <summary>KEYS: the lease. ARGV: its token, milliseconds, the channel. Answers the lease as it is held now; nothing when nobody holds it.</summary>
    public const string Renew = Now + """
        local held = redis.call('GET', KEYS[1])
        if not held then
          return nil
        end
        local lease = cjson.decode(held)
        if lease.token ~= tonumber(ARGV[1]) or now + ARGV[2] <= lease['until'] then
          return held
        end
        local from = lease.from
        if from == cjson.null then
          from = nil
        end
        local value = text(lease.owner, lease.token, now + ARGV[2], from)
        redis.call('SET', KEYS[1], value, 'XX', 'PX', ARGV[2])
        redis.call('PUBLISH', ARGV[3], KEYS[1])
        return value
        """;

    /// <summary>KEYS: the lease. ARGV: its token, the channel. Answers whether it was still the caller's.</summary>
    public const string Release = """
        local held = redis.call('GET', KEYS[1])
        if not held or cjson.decode(held).token ~= tonumber(ARGV[1]) then
          return 0
        end
        redis.call('DEL', KEYS[1])
        redis.call('PUBLISH', ARGV[2], KEYS[1])
        return 1
        """;
}
